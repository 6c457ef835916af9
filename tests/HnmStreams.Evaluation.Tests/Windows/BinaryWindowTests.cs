using HnmStreams.Evaluation.Metrics;
using HnmStreams.Evaluation.Windows;

namespace HnmStreams.Evaluation.Tests.Windows;

public sealed class BinaryWindowTests
{
    [Fact]
    public void Looks_back_on_the_last_examples_only()
    {
        var window = new BinaryWindow(4);
        // The first two would spoil the ranking if they were still there.
        window.Add(9, positive: false);
        window.Add(-9, positive: true);
        foreach (var (score, positive) in new[] { (1f, false), (2f, true), (0f, false), (3f, true) })
            window.Add(score, positive);
        Assert.Equal(4, window.Count);
        Assert.Equal(1, window.AveragePrecision());
        Assert.Equal(1, window.RocAuc());
    }

    [Fact]
    public void Gives_what_the_metric_gives_on_the_same_examples()
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
    public void Passes_over_scores_without_rank()
    {
        var window = new BinaryWindow(4);
        window.Add(float.NaN, positive: true);
        Assert.Equal(0, window.Count);
    }
}
