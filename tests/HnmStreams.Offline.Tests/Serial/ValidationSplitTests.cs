using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Offline.Serial;

namespace HnmStreams.Offline.Tests.Serial;

public sealed class ValidationSplitTests
{
    [Fact]
    public void The_latest_share_is_that_of_the_event_time() =>
        Gen.Select(Gen.Int[0, 50].Array[1, 200], Gen.Double[0.05, 0.6]).Sample(
            (minutes, share) =>
            {
                Example[] examples = [.. minutes.Select((minute, i) => Of(i) with { EventTime = DateTimeOffset.UnixEpoch.AddMinutes(minute) })];
                var split = ValidationSplit.Latest(examples, share);
                var latest = examples.Where(e => split.Contains(null!, e)).Select(e => e.EventTime).ToArray();
                var earlier = examples.Where(e => !split.Contains(null!, e)).Select(e => e.EventTime).ToArray();
                Assert.True(latest.Length == 0 || earlier.Length == 0 || earlier.Max() < latest.Min());
                // All examples of the same time are on one side.
                Assert.True(latest.Length >= Math.Floor(share * examples.Length));
            },
            seed: "0000KOIPe036", iter: 200, threads: 1);

    [Fact]
    public void Examples_without_a_time_are_split_by_their_order()
    {
        Example[] examples = [.. Enumerable.Range(0, 10).Select(Of)];
        var split = ValidationSplit.Latest(examples, 0.2);
        Assert.Equal(["e8", "e9"], examples.Where(e => split.Contains(null!, e)).Select(e => e.Id));
        Assert.DoesNotContain(examples, e => ValidationSplit.Latest(examples, 0).Contains(null!, e));
    }

    private static Example Of(int i) => new($"e{i}", new Target.ClassIndex(0), new ExampleInput.Text("x"));
}
