using CsCheck;
using HnmStreams.Mining.Labeling;

namespace HnmStreams.Mining.Tests.Labeling;

public sealed class LabelCandidatesTests
{
    [Fact]
    public void Keeps_the_most_uncertain_examples() =>
        Gen.Int[1, 99].Array[1, 200].Sample(percents =>
        {
            var pool = new LabelCandidates<int>(20);
            for (var i = 0; i < percents.Length; i++)
                pool.Offer(i, 1, [percents[i] / 100f]);
            var expected = percents.Select(p => PredictionDoubt.Uncertainty([p / 100f])).OrderDescending().Take(20);
            Assert.Equal(expected.Select(e => (float)e), pool.Hardest(20).Select(c => (float)c.Doubt));
        });

    [Fact]
    public void Disagreement_of_two_versions_raises_a_sure_prediction()
    {
        var pool = new LabelCandidates<int>(10);
        pool.Offer(1, 1, [0.01f]);
        pool.Offer(2, 1, [0.3f]);
        Assert.Equal([2, 1], pool.Hardest(2).Select(c => c.Id));
        Assert.True(pool.Offer(1, 2, [0.99f]));
        var first = pool.Hardest(1)[0];
        Assert.Equal((1, 2L), (first.Id, first.Version));
        Assert.InRange(first.Disagreement, 0.9, 1);
        Assert.Equal(first.Doubt, first.Disagreement);

        // The same version again tells nothing about disagreement, and the largest disagreement stays.
        pool.Offer(1, 2, [0.01f]);
        Assert.Equal(first.Disagreement, pool.Hardest(1)[0].Disagreement);
    }

    [Fact]
    public void A_label_removes_an_example()
    {
        var pool = new LabelCandidates<int>(10);
        pool.Offer(1, 1, [0.5f]);
        Assert.True(pool.Remove(1));
        Assert.False(pool.Remove(1));
        Assert.Equal(0, pool.Count);
        Assert.False(pool.Offer(2, 1, [float.NaN, float.NaN]));
    }
}
