using CsCheck;
using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Tests.Metrics;

public sealed class VerificationMetricsTests
{
    [Fact]
    public void Equals_manually_computed_values()
    {
        // In order of decreasing score: same, same, different, same, different, different.
        float[] scores = [0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f];
        bool[] same = [true, true, false, true, false, false];
        Assert.Equal(2 / 3.0, VerificationMetrics.TrueAcceptRate(scores, same, 0), 12);
        Assert.Equal(2 / 3.0, VerificationMetrics.TrueAcceptRate(scores, same, 0.33), 12);
        Assert.Equal(1, VerificationMetrics.TrueAcceptRate(scores, same, 1 / 3.0), 12);
        Assert.Equal(1, VerificationMetrics.TrueAcceptRate(scores, same, 1), 12);
    }

    [Fact]
    public void Equals_a_search_over_all_thresholds() =>
        Gen.Select(Gen.Int[0, 8], Gen.Bool).Array[0, 40].Select(Gen.Double[0, 1]).Sample(
            (pairs, rate) =>
            {
                var (same, different) = (pairs.Where(p => p.Item2).ToArray(), pairs.Where(p => !p.Item2).ToArray());
                var expected = same.Length == 0 || different.Length == 0
                    ? double.NaN
                    : Enumerable.Range(0, 10)
                        .Where(t => different.Count(d => d.Item1 >= t) / (double)different.Length <= rate)
                        .Max(t => same.Count(s => s.Item1 >= t) / (double)same.Length);
                Assert.Equal(expected, VerificationMetrics.TrueAcceptRate(pairs.Select(p => (float)p.Item1).ToArray(), pairs.Select(p => p.Item2).ToArray(), rate), 12);
            },
            seed: "0N0XIzNsQ0O2", iter: 2_000);

    [Fact]
    public void A_tie_is_one_threshold()
    {
        Assert.Equal(0, VerificationMetrics.TrueAcceptRate([1f, 1f], [true, false], 0.5));
        Assert.Equal(1, VerificationMetrics.TrueAcceptRate([1f, 1f], [true, false], 1));
    }

    [Fact]
    public void Is_undefined_without_pairs_of_both_kinds()
    {
        Assert.True(double.IsNaN(VerificationMetrics.TrueAcceptRate([1f], [true], 0.1)));
        Assert.True(double.IsNaN(VerificationMetrics.TrueAcceptRate([1f], [false], 0.1)));
    }
}
