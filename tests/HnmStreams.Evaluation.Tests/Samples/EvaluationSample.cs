#region sample
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Evaluation.Metrics;
#endregion

namespace HnmStreams.Evaluation.Tests.Samples;

/// <summary>The sample of the README.</summary>
public static class EvaluationSample
{
    public static Uplift? Compare(float[] scoresA, float[] scoresB, bool[] positive)
    {
        #region sample
        // The difference in average precision between two models on the same examples, with a 95 % interval.
        var groups = new JackknifeGroups([.. positive.Select(p => p ? 1 : 0)]);
        GroupedMetric AveragePrecision(float[] scores) => new(
            RankingMetrics.AveragePrecision(scores, positive),
            [.. Enumerable.Range(0, JackknifeGroups.Count).Select(group =>
                RankingMetrics.AveragePrecision(scores, positive, [.. scores.Select((_, i) => groups.Factor(i, group))]))]);

        var uplift = Uplift.Of(AveragePrecision(scoresA), AveragePrecision(scoresB));
        var isBetter = uplift is { Low: > 0 };
        #endregion

        return isBetter || uplift is { Low: <= 0 } ? uplift : null;
    }
}
