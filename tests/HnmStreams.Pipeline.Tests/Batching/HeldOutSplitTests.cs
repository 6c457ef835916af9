using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Batching;

namespace HnmStreams.Pipeline.Tests.Batching;

public sealed class HeldOutSplitTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.05)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void Holds_out_the_configured_share(double share)
    {
        const int Ids = 100_000;
        var split = new HeldOutSplit(share);
        var heldOut = Enumerable.Range(0, Ids).Count(i => split.Contains(ExampleKey.Of($"id-{i}")));
        // Five standard deviations of a binomial.
        var tolerance = 5 * Math.Sqrt(Ids * share * (1 - share));
        Assert.InRange(heldOut, (Ids * share) - tolerance, (Ids * share) + tolerance);
    }

    [Fact]
    public void Holds_out_whole_time_intervals_and_splits_examples_without_a_time_by_id()
    {
        var task = Fixtures.Stream.Task;
        var (split, byId) = (new HeldOutSplit(0.3, TimeSpan.FromHours(1)), new HeldOutSplit(0.3));
        var hours = new List<bool>();
        for (var hour = 0; hour < 2_000; hour++)
        {
            var heldOut = Enumerable.Range(0, 20).Select(i => At($"{hour}-{i}", DateTimeOffset.UnixEpoch.AddHours(hour).AddMinutes(i * 2.9))).Select(e => split.Contains(task, e, ExampleKey.Of(e.Id))).ToList();
            Assert.Single(heldOut.Distinct());
            hours.Add(heldOut[0]);
        }

        Assert.InRange(hours.Count(h => h), 500, 700);
        Assert.All(Enumerable.Range(0, 1_000).Select(i => At($"id-{i}", null)), e => Assert.Equal(byId.Contains(ExampleKey.Of(e.Id)), split.Contains(task, e, ExampleKey.Of(e.Id))));

        static Example At(string id, DateTimeOffset? time) => Fixtures.Stream.Of(id, 0, 1, 2, 3, 4) with { EventTime = time };
    }

    [Fact]
    public void A_secret_selects_other_ids_at_the_same_rate_and_keeps_them_in_every_process()
    {
        const int Ids = 100_000;
        const double Share = 0.1;
        var keys = Enumerable.Range(0, Ids).Select(i => ExampleKey.Of($"id-{i}")).ToList();
        var open = new HeldOutSplit(Share);
        var (secret, same, other) = (new HeldOutSplit(Share, secret: "correct horse battery"), new HeldOutSplit(Share, secret: "correct horse battery"), new HeldOutSplit(Share, secret: "correct horse staple!"));
        Assert.All(keys, key => Assert.Equal(secret.Contains(key), same.Contains(key)));
        var selected = keys.Where(secret.Contains).ToList();
        Assert.InRange(selected.Count, 9_500, 10_500);
        // Independent of the splits that a producer can compute or guess: a tenth of the selected ids is in each of them.
        Assert.InRange(selected.Count(open.Contains), 800, 1_200);
        Assert.InRange(selected.Count(other.Contains), 800, 1_200);
    }

    [Fact]
    public void A_larger_share_includes_the_examples_of_a_smaller_one()
    {
        var small = new HeldOutSplit(0.1);
        var large = new HeldOutSplit(0.2);
        var keys = Enumerable.Range(0, 10_000).Select(i => ExampleKey.Of($"id-{i}")).Where(small.Contains).ToList();
        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.True(large.Contains(key)));
    }
}
