using CsCheck;
using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Tests.Composition;

public sealed class IdentityMixTests
{
    [Fact]
    public void Every_class_has_its_items_and_none_is_given_twice_before_all_were_given_once() =>
        Gen.Select(Gen.Int[0, 9].Array[0, 60], Gen.Int[2, 8], Gen.Int[2, 6], Gen.Int[2, 4], Gen.ULong).Sample(
            (labels, classes, items, minimum, seed) =>
            {
                var options = new IdentityMixOptions { Classes = classes, ItemsPerClass = items, MinimumItems = minimum };
                var plan = IdentityMix.Plan(options, labels, new Xoshiro256StarStar(seed));
                var enough = labels.CountBy(l => l).Count(c => c.Value >= minimum);
                Assert.Equal(Math.Min(classes, enough), plan.Classes.Count);
                Assert.Equal(plan.Classes.Count, plan.Classes.Distinct().Count());
                Assert.Equal(plan.Classes.SelectMany(c => Enumerable.Repeat(c, items)), plan.Items.Select(i => labels[i]));
                foreach (var given in plan.Items.Chunk(items))
                {
                    var members = labels.Count(l => l == labels[given[0]]);
                    var uses = given.CountBy(i => i).Select(c => c.Value).ToArray();
                    Assert.Equal(Math.Min(items, members), uses.Length);
                    Assert.InRange(uses.Max() - uses.Min(), 0, 1);
                }

                Assert.Equal(enough < classes ? [new MixShortfall(MixSource.Classes, classes, enough)] : [], plan.Shortfalls);
            },
            seed: "0000KOIPe036", iter: 5_000, threads: 1);

    /// <summary>Ten classes of different sizes, three of them in a batch: each comes as often as the others.</summary>
    [Fact]
    public void Large_classes_come_no_more_often_than_small_ones()
    {
        int[] labels = [.. Enumerable.Range(0, 10).SelectMany(c => Enumerable.Repeat(c, 2 + (c * 3)))];
        var generator = new Xoshiro256StarStar(20_260_516);
        var counts = new int[10];
        for (var i = 0; i < 10_000; i++)
        {
            foreach (var label in IdentityMix.Plan(new IdentityMixOptions { Classes = 3 }, labels, generator).Classes)
                counts[label]++;
        }

        // 9 degrees of freedom: 27.88 is passed by chance once in a thousand.
        Assert.InRange(counts.Sum(c => Math.Pow(c - 3_000, 2) / 3_000), 0, 27.88);
    }
}
