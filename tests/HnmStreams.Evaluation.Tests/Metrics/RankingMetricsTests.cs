using CsCheck;
using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Tests.Metrics;

public sealed class RankingMetricsTests
{
    // Two ties across the classes, one negative score. Expected values by scikit-learn 1.2.1 on the same lists.
    private static readonly float[] Scores = [0.9f, 0.8f, 0.8f, 0.7f, 0.55f, 0.55f, 0.54f, 0.4f, 0.3f, 0.3f, 0.1f, -0.2f];
    private static readonly bool[] Positive = [true, false, true, true, false, true, false, false, true, false, false, false];
    private static readonly float[] Weights = [1, 2, 0.5f, 1, 1, 3, 1, 0.25f, 2, 1, 1, 4];

    [Fact]
    public void Metrics_agree_with_scikit_learn_without_weights()
    {
        Assert.Equal(0.7166666666666666, RankingMetrics.AveragePrecision(Scores, Positive), 12);
        Assert.Equal(0.7857142857142857, RankingMetrics.RocAuc(Scores, Positive), 12);
        Assert.Equal(1.0, RankingMetrics.RecallAtPrecision(Scores, Positive, 0.5), 12);
        Assert.Equal(0.6, RankingMetrics.RecallAtPrecision(Scores, Positive, 0.75), 12);
        Assert.Equal(0.2, RankingMetrics.RecallAtPrecision(Scores, Positive, 0.9), 12);
    }

    [Fact]
    public void Metrics_agree_with_scikit_learn_with_weights()
    {
        Assert.Equal(0.6516651104886398, RankingMetrics.AveragePrecision(Scores, Positive, Weights), 12);
        Assert.Equal(0.7463414634146341, RankingMetrics.RocAuc(Scores, Positive, Weights), 12);
        Assert.Equal(1.0, RankingMetrics.RecallAtPrecision(Scores, Positive, 0.5, Weights), 12);
        Assert.Equal(0.13333333333333333, RankingMetrics.RecallAtPrecision(Scores, Positive, 0.75, Weights), 12);
    }

    [Fact]
    public void Roc_auc_equals_the_share_of_correctly_ordered_pairs() => Generate.Ranking.Sample(
        ranking =>
        {
            var (scores, positive) = ranking;
            double correct = 0, pairs = 0;
            for (var p = 0; p < scores.Length; p++)
            {
                for (var n = 0; n < scores.Length; n++)
                {
                    if (!positive[p] || positive[n])
                        continue;
                    pairs++;
                    correct += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
                }
            }

            var auc = RankingMetrics.RocAuc(scores, positive);
            Assert.True(pairs == 0 ? double.IsNaN(auc) : Math.Abs(auc - (correct / pairs)) < 1e-9);
        },
        seed: "0N0XIzNsQ0O2", iter: 2_000);

    [Fact]
    public void A_weight_of_two_equals_the_example_twice() => Generate.Ranking.Sample(
        ranking =>
        {
            var (scores, positive) = ranking;
            var weights = scores.Select((_, i) => (float)(1 + (i % 3))).ToArray();
            var repeated = Enumerable.Range(0, scores.Length).SelectMany(i => Enumerable.Repeat(i, (int)weights[i])).ToArray();
            var weighted = RankingMetrics.AveragePrecision(scores, positive, weights);
            var plain = RankingMetrics.AveragePrecision(repeated.Select(i => scores[i]).ToArray(), repeated.Select(i => positive[i]).ToArray());
            Assert.True(double.IsNaN(plain) ? double.IsNaN(weighted) : Math.Abs(weighted - plain) < 1e-9);
        },
        seed: "0N0XIzNsQ0O2", iter: 2_000);

    [Theory]
    [InlineData(7, 25)]
    [InlineData(29, 35)]
    [InlineData(21, 38)]
    public void A_precision_that_is_reached_exactly_is_sufficient(int correct, int all)
    {
        var positive = Enumerable.Range(0, all).Select(i => i < correct).ToArray();
        Assert.Equal(1, RankingMetrics.RecallAtPrecision(new float[all], positive, (double)correct / all));
    }

    [Fact]
    public void Metrics_are_undefined_without_positives()
    {
        Assert.True(double.IsNaN(RankingMetrics.AveragePrecision([1f, 2f], [false, false])));
        Assert.True(double.IsNaN(RankingMetrics.RocAuc([1f, 2f], [true, true])));
        Assert.True(double.IsNaN(RankingMetrics.RecallAtPrecision([], [], 0.5)));
    }

    [Fact]
    public void Rejects_NaN_scores()
    {
        Assert.Throws<ArgumentException>(() => RankingMetrics.RocAuc([float.NaN], [true]));
        Assert.Throws<ArgumentException>(() => RankingMetrics.RocAuc([1f, 2f], [true]));
    }

    private static class Generate
    {
        // Few distinct scores, so that most are tied.
        public static readonly Gen<(float[] Scores, bool[] Positive)> Ranking =
            Gen.Select(Gen.Int[0, 12].Select(i => i / 4f - 1), Gen.Bool).Array[0, 40]
                .Select(pairs => (pairs.Select(p => p.Item1).ToArray(), pairs.Select(p => p.Item2).ToArray()));
    }

    [Fact]
    public void The_area_without_weights_is_bit_for_bit_that_of_equal_weights()
    {
        Gen.Select(Gen.Float[-4, 4].Select(static score => MathF.Round(score * 4) / 4), Gen.Float[-1, 1], Gen.Bool, Gen.Int[0, 20])
            .Array[0, 60]
            .Sample(static items =>
            {
                var scores = items.Select(static i => i.Item4 < 10 ? i.Item1 : i.Item2).ToArray();
                var positive = items.Select(static i => i.Item3 && i.Item4 % 3 == 0).ToArray();
                var ones = Enumerable.Repeat(1f, items.Length).ToArray();
                Assert.Equal(RankingMetrics.RocAuc(scores, positive, ones), RankingMetrics.RocAuc(scores, positive));
                var opposite = positive.Select(static p => !p).ToArray();
                Assert.Equal(RankingMetrics.RocAuc(scores, opposite, ones), RankingMetrics.RocAuc(scores, opposite));
            });
    }
}
