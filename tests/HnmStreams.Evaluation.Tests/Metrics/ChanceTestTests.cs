using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Tests.Metrics;

public sealed class ChanceTestTests
{
    [Fact]
    public void A_perfect_ranking_beats_chance_and_its_reverse_does_not()
    {
        var positive = Enumerable.Range(0, 1_000).Select(i => i < 20).ToArray();
        var scores = positive.Select((p, i) => (p ? 2f : 0f) + (i / 1_000f)).ToArray();
        Assert.True(ChanceTest.BeatsChance(scores, positive));
        Assert.False(ChanceTest.BeatsChance(scores.Select(s => -s).ToArray(), positive));
    }

    [Fact]
    public void Too_few_positives_do_not_beat_chance()
    {
        var positive = Enumerable.Range(0, 1_000).Select(i => i < 7).ToArray();
        Assert.False(ChanceTest.BeatsChance(positive.Select(p => p ? 1f : 0f).ToArray(), positive));
    }

    [Fact]
    public void Random_scores_rarely_beat_chance()
    {
        // A fixed sequence of multiplicative hashes as random scores: about 1 in 740 exceeds three standard errors.
        var positive = Enumerable.Range(0, 500).Select(i => i % 25 == 0).ToArray();
        var passed = Enumerable.Range(0, 400).Count(trial =>
            ChanceTest.BeatsChance(positive.Select((_, i) => Hash(trial, i)).ToArray(), positive));
        Assert.InRange(passed, 0, 4);
    }

    private static float Hash(int trial, int i)
    {
        var z = (ulong)(((trial + 1L) * 1_000_003) + i) * 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (z >> 40) / (float)(1 << 24);
    }
}
