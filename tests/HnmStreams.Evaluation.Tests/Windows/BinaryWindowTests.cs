using HnmStreams.Evaluation.Metrics;
using HnmStreams.Evaluation.Windows;

namespace HnmStreams.Evaluation.Tests.Windows;

public sealed class BinaryWindowTests
{
    [Fact]
    public void Covers_only_the_most_recent_examples()
    {
        var window = new BinaryWindow(4);
        // The first two would change the ranking if they were still in the window.
        window.Add(9, positive: false);
        window.Add(-9, positive: true);
        foreach (var (score, positive) in new[] { (1f, false), (2f, true), (0f, false), (3f, true) })
            window.Add(score, positive);
        Assert.Equal(4, window.Count);
        Assert.Equal(1, window.AveragePrecision());
        Assert.Equal(1, window.RocAuc());
    }

    [Fact]
    public void Equals_the_metric_on_the_same_examples()
    {
        float[] scores = [0.1f, 0.7f, 0.7f, 0.2f];
        bool[] positive = [false, true, false, true];
        float[] weights = [1, 2, 3, 4];
        var window = new BinaryWindow(10);
        for (var i = 0; i < scores.Length; i++)
            window.Add(scores[i], positive[i], weights[i]);
        Assert.Equal(RankingMetrics.AveragePrecision(scores, positive, weights), window.AveragePrecision());
        Assert.Equal(RankingMetrics.RecallAtPrecision(scores, positive, 0.4, weights), window.RecallAtPrecision(0.4));
    }

    [Fact]
    public void Refuses_a_saved_score_that_has_no_rank()
    {
        foreach (var capacity in (int[])[2, 4])
            Assert.Throws<InvalidDataException>(() => new BinaryWindow(capacity).Restore(new([1, float.NaN], [true, false], [1, 1], 0)));
    }

    [Fact]
    public void Ignores_NaN_scores()
    {
        var window = new BinaryWindow(4);
        window.Add(float.NaN, positive: true);
        Assert.Equal(0, window.Count);
    }
}
