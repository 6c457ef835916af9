using CsCheck;
using HnmStreams.Mining.Labeling;
using HnmStreams.Mining.Persistence;

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

    [Fact]
    public void The_strategy_selects_the_measure()
    {
        foreach (var (strategy, expected) in new[] { (LabelStrategy.Uncertainty, "21"), (LabelStrategy.Disagreement, "1"), (LabelStrategy.Either, "12") })
        {
            var pool = new LabelCandidates<int>(10, strategy);
            pool.Offer(1, 2, [0.01f], disagreement: 0.95);
            pool.Offer(2, 2, [0.3f]);
            Assert.Equal(expected, string.Concat(pool.Hardest(2).Select(c => c.Id)));
        }
    }

    [Fact]
    public void A_restored_pool_is_the_saved_one_within_its_bound()
    {
        var pool = new LabelCandidates<int>(10);
        for (var i = 0; i < 20; i++)
            pool.Offer(i, i, [0.02f * i, 1 - (0.02f * i)], disagreement: i % 3 == 0 ? 0.1 : 0);
        var writer = new StateWriter();
        pool.Save(writer, Numbers.Instance);
        foreach (var count in (int[])[10, 4])
        {
            var restored = new LabelCandidates<int>(count);
            restored.Restore(new StateReader(writer.Written), Numbers.Instance);
            Assert.Equal(
                pool.Hardest(count).Select(c => (c.Id, c.Doubt, c.Uncertainty, c.Disagreement, c.Version, string.Join(' ', c.Probabilities))),
                restored.Hardest(10).Select(c => (c.Id, c.Doubt, c.Uncertainty, c.Disagreement, c.Version, string.Join(' ', c.Probabilities))));
        }

        // The first disagreement, after the name, the version, the count, the id and the version of the model.
        var damaged = writer.Written.ToArray();
        BitConverter.TryWriteBytes(damaged.AsSpan(4 + "label candidates".Length + 4 + 4 + 4 + 8), 2.0);
        Assert.Contains("disagreement", Assert.Throws<InvalidDataException>(() => new LabelCandidates<int>(4).Restore(new StateReader(damaged), Numbers.Instance)).Message, StringComparison.Ordinal);
    }

    private sealed class Numbers : IStateCodec<int>
    {
        public static Numbers Instance { get; } = new();

        public void Write(StateWriter writer, int value) => writer.WriteInt32(value);

        public int Read(StateReader reader) => reader.ReadInt32();
    }
}
