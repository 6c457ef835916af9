using CsCheck;
using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Tests.Metrics;

public sealed class RetrievalMetricsTests
{
    [Fact]
    public void Metrics_equal_manually_computed_values()
    {
        // Five answers are relevant; four were retrieved, at ranks 1, 3, 5 and 9.
        int[] ranks = [1, 3, 5, 9];
        Assert.Equal(1, RetrievalMetrics.PrecisionAt(ranks, 1));
        Assert.Equal(0.4, RetrievalMetrics.PrecisionAt(ranks, 10), 12);
        Assert.Equal(0.2, RetrievalMetrics.RecallAt(ranks, 2, 5), 12);
        Assert.Equal(0.8, RetrievalMetrics.RecallAt(ranks, 10, 5), 12);
        Assert.Equal(0.6, RetrievalMetrics.RPrecision(ranks, 5), 12);
        // (1/1 + 2/3 + 3/5) / 5
        Assert.Equal(34.0 / 75, RetrievalMetrics.AveragePrecisionAtR(ranks, 5), 12);
    }

    [Fact]
    public void Map_at_R_depends_on_the_order_unlike_R_precision()
    {
        Assert.Equal(RetrievalMetrics.RPrecision([1, 2], 4), RetrievalMetrics.RPrecision([3, 4], 4));
        Assert.Equal(0.5, RetrievalMetrics.AveragePrecisionAtR([1, 2], 4), 12);
        Assert.Equal(5.0 / 24, RetrievalMetrics.AveragePrecisionAtR([3, 4], 4), 12);
    }

    [Fact]
    public void Ndcg_agrees_with_scikit_learn_and_trec_eval()
    {
        // The examples of scikit-learn's ndcg_score: relevance 10, 0, 0, 1, 5.
        float[] judged = [10, 0, 0, 1, 5];
        Assert.Equal(0.6956940443813076, RetrievalMetrics.NdcgAt([5, 1, 0, 0, 10], judged, 5), 12);
        Assert.Equal(0.49368, RetrievalMetrics.NdcgAt([0, 0, 1, 10, 5], judged, 5), 5);
        Assert.Equal(0.35202, RetrievalMetrics.NdcgAt([0, 0, 1, 10, 5], judged, 4), 5);
        // The second query of pytrec_eval's example, trec_eval's ndcg.
        Assert.Equal(0.6934264036172708, RetrievalMetrics.NdcgAt([0, 1, 1], [1, 1], 3), 12);
        // A relevant answer that was not retrieved lowers the value, as in BEIR.
        Assert.Equal(1 / (1 + (1 / Math.Log2(3))), RetrievalMetrics.NdcgAt([1], [1, 1], 10), 12);
    }

    [Fact]
    public void Metrics_equal_their_definitions_on_sorted_lists() =>
        Gen.Select(Gen.Int[0, 6], Gen.Bool).Array[0, 30].Select(Gen.Int[1, 12]).Sample(
            (answers, k) =>
            {
                var scores = answers.Select(a => (float)a.Item1).ToArray();
                var relevant = answers.Select(a => a.Item2).ToArray();
                // Irrelevant answers come before relevant ones of equal score.
                var sorted = answers.OrderByDescending(a => a.Item1).ThenBy(a => a.Item2).Select(a => a.Item2).ToArray();
                var all = sorted.Count(r => r);
                var ranks = RelevantRanks.Of(scores, relevant);
                Assert.Equal(Enumerable.Range(1, sorted.Length).Where(i => sorted[i - 1]), ranks);
                Assert.Equal(sorted.Take(k).Count(r => r) / (double)k, RetrievalMetrics.PrecisionAt(ranks, k), 12);
                if (all == 0)
                    return;
                Assert.Equal(sorted.Take(k).Count(r => r) / (double)all, RetrievalMetrics.RecallAt(ranks, k, all), 12);
                Assert.Equal(sorted.Take(all).Count(r => r) / (double)all, RetrievalMetrics.RPrecision(ranks, all), 12);
                var precisions = Enumerable.Range(1, all).Select(i => sorted[i - 1] ? sorted.Take(i).Count(r => r) / (double)i : 0);
                Assert.Equal(precisions.Sum() / all, RetrievalMetrics.AveragePrecisionAtR(ranks, all), 12);
                var gains = sorted.Select(r => r ? 1f : 0f).ToArray();
                var ideal = Enumerable.Range(1, Math.Min(k, all)).Sum(i => 1 / Math.Log2(i + 1));
                var found = Enumerable.Range(1, Math.Min(k, sorted.Length)).Sum(i => gains[i - 1] / Math.Log2(i + 1));
                Assert.Equal(found / ideal, RetrievalMetrics.NdcgAt(gains, Enumerable.Repeat(1f, all).ToArray(), k), 12);
            },
            seed: "0N0XIzNsQ0O2", iter: 2_000);

    [Fact]
    public void Metrics_are_undefined_without_relevant_answers()
    {
        Assert.True(double.IsNaN(RetrievalMetrics.RecallAt([], 5, 0)));
        Assert.True(double.IsNaN(RetrievalMetrics.RPrecision([], 0)));
        Assert.True(double.IsNaN(RetrievalMetrics.AveragePrecisionAtR([], 0)));
        Assert.True(double.IsNaN(RetrievalMetrics.NdcgAt([0, 0], [0], 5)));
        Assert.Equal(0, RetrievalMetrics.PrecisionAt([], 1));
    }

    [Fact]
    public void Rejects_invalid_arguments()
    {
        Assert.Throws<ArgumentException>(() => RetrievalMetrics.RPrecision([1, 2, 3], 2));
        Assert.Throws<ArgumentException>(() => RetrievalMetrics.NdcgAt([float.NaN], [1], 5));
        Assert.Throws<ArgumentException>(() => RetrievalMetrics.NdcgAt([-1], [1], 5));
        Assert.Throws<ArgumentException>(() => RelevantRanks.Of([float.NaN], [true]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RetrievalMetrics.PrecisionAt([1], 0));
    }
}
