using CsCheck;
using HnmStreams.Mining.Labeling;

namespace HnmStreams.Mining.Tests.Labeling;

public sealed class PredictionDoubtTests
{
    /// <summary>Values of scipy.stats.entropy(p, base=2) and scipy.spatial.distance.jensenshannon(p, q, base=2) ** 2.</summary>
    [Fact]
    public void Agrees_with_values_computed_by_hand()
    {
        Assert.Equal(1, PredictionDoubt.Uncertainty([0.5f]), 9);
        Assert.Equal(0, PredictionDoubt.Uncertainty([1f]), 9);
        // -(0.25 log2 0.25 + 0.75 log2 0.75)
        Assert.Equal(0.8112781244591328, PredictionDoubt.Uncertainty([0.25f]), 9);
        Assert.Equal(0.8112781244591328, PredictionDoubt.Uncertainty([0.25f, 0.75f]), 9);
        // (0.5 ln 2 + 0.25 ln 4 + 0.25 ln 4) / ln 3
        Assert.Equal(1.0397207708399179 / Math.Log(3), PredictionDoubt.Uncertainty([0.5f, 0.25f, 0.25f]), 9);
        Assert.Equal(1, PredictionDoubt.Disagreement([1f, 0f], [0f, 1f]), 9);
        Assert.Equal(1, PredictionDoubt.Disagreement([0f], [1f]), 9);
        // H(0.5) - (H(0.25) + H(0.75)) / 2 in bits
        Assert.Equal(1 - 0.8112781244591328, PredictionDoubt.Disagreement([0.25f], [0.75f]), 9);
        Assert.Equal(double.NaN, PredictionDoubt.Uncertainty([]));
        Assert.Throws<ArgumentException>(() => PredictionDoubt.Disagreement([0.5f], [0.5f, 0.5f]));
    }

    [Fact]
    public void Both_measures_are_between_0_and_1_and_disagreement_is_symmetric() =>
        Gen.Select(Gen.Float[0, 1].Array[2, 8], Gen.Float[0, 1].Array[2, 8]).Where((a, b) => a.Sum() > 0 && b.Sum() > 0).Sample((a, b) =>
        {
            var classes = Math.Min(a.Length, b.Length);
            var (one, other) = (Normalized(a[..classes]), Normalized(b[..classes]));
            if (one.Any(float.IsNaN) || other.Any(float.IsNaN))
                return;
            Assert.InRange(PredictionDoubt.Uncertainty(one), 0, 1 + 1e-6);
            Assert.InRange(PredictionDoubt.Disagreement(one, other), 0, 1);
            Assert.Equal(PredictionDoubt.Disagreement(one, other), PredictionDoubt.Disagreement(other, one), 1e-9);
            Assert.Equal(0, PredictionDoubt.Disagreement(one, one), 1e-6);
        });

    private static float[] Normalized(float[] values) => [.. values.Select(v => v / values.Sum())];
}
