using CsCheck;
using HnmStreams.Evaluation.Calibration;

namespace HnmStreams.Evaluation.Tests.Calibration;

/// <summary>Tests that compare with independent computations in plain Python: gradient descent and golden-section search.</summary>
public sealed class OutputCalibrationTests
{
    // Every fifth example is positive; a negative has weight 3.
    private static readonly float[] Scores =
    [
        2.12f, -1.28f, 0.2f, -2.07f, -0.43f, 1.46f, -0.09f, -1.02f, -1.47f, -1.0f, 2.8f, -1.81f, -1.31f, 0.07f, 0.66f,
        3.45f, 0.7f, -0.64f, -0.34f, 0.0f, 0.5f, 0.32f, 0.37f, 1.42f, -1.18f, 1.28f, 0.33f, 0.46f, -1.81f, -2.44f,
        2.63f, -2.34f, -0.11f, -1.52f, -0.27f, 1.56f, -0.91f, -1.77f, 0.08f, 0.37f, 0.72f, 1.39f, 0.84f, -0.94f, 0.32f,
        0.0f, -0.07f, -0.3f, 0.3f, 1.12f, 1.09f, 0.83f, -0.03f, -2.44f, -1.0f, -0.06f, -0.26f, -1.02f, -1.9f, 0.71f,
    ];

    // Row i belongs to class i mod 3.
    private static readonly float[] Outputs =
    [
        -1.37f, -2.49f, -1.82f, 2.39f, 1.5f, -0.07f, -0.74f, -2.4f, 0.92f, 0.05f, -0.74f, -2.26f, 2.67f, 2.95f, -0.39f,
        0.39f, -2.87f, 3.96f, -0.84f, -0.91f, 1.49f, 1.32f, 3.19f, -1.9f, 1.19f, -2.69f, 4.15f, -1.62f, -2.04f, 2.97f,
        1.06f, -1.56f, -1.55f, 0.84f, -2.05f, 3.65f, 0.83f, 2.17f, -0.01f, -2.02f, 2.89f, -2.98f, 1.78f, -1.24f, -1.02f,
        -0.49f, -0.3f, -1.54f, 1.45f, 2.48f, -1.31f, -1.74f, 1.03f, 1.8f, 3.48f, -1.71f, -2.2f, 0.35f, 4.13f, -0.41f,
        -0.73f, -2.64f, -0.09f, 2.55f, -1.67f, -0.89f, -0.46f, 0.48f, 1.73f, 2.48f, 0.78f, 1.06f, 1.62f, 0.74f, 1.49f,
        2.41f, 0.62f, -0.89f, -2.7f, -0.38f, 0.93f, -0.77f, 0.93f, 2.53f, 1.74f, 3.9f, 2.53f, 2.59f, 0.96f, 1.19f,
        1.98f, 2.82f, -2.66f, -2.83f, 0.1f, 0.66f, 0.9f, -2.29f, 1.79f, 1.71f, 1.29f, 2.43f, 1.95f, -0.12f, -2.37f,
        1.45f, 2.53f, 1.74f, 3.65f, -2.93f, 1.48f, 0.78f, 3.25f, -0.98f, 1.82f, -1.53f, -1.72f, 3.56f, 1.08f, 1.87f,
    ];

    private static bool[] Positive => [.. Enumerable.Range(0, 60).Select(i => i % 5 == 0)];

    private static float[] Weights => [.. Positive.Select(p => p ? 1f : 3f)];

    private static int[] Labels => [.. Enumerable.Range(0, 40).Select(i => i % 3)];

    [Fact]
    public void The_logistic_curve_equals_an_independent_gradient_descent()
    {
        var (scale, offset) = LogisticScaling.Fit(Scores, Positive, Weights);
        Assert.Equal(1.3908643014973479, scale, 1e-6);
        Assert.Equal(-2.746880452827607, offset, 1e-6);
        double[] raw = [.. Scores.Select(z => LogisticScaling.Logistic(z))];
        double[] fitted = [.. Scores.Select(z => LogisticScaling.Logistic((scale * z) + offset))];
        Assert.Equal(0.36819918861837675, CalibrationError.Expected(raw, Positive, Weights), 1e-6);
        Assert.Equal(0.03611392456142883, CalibrationError.Expected(fitted, Positive, Weights), 1e-6);
    }

    [Fact]
    public void The_temperature_equals_an_independent_search() =>
        Assert.Equal(0.4246350071270991, TemperatureScaling.Fit(Outputs, 3, Labels, [.. Enumerable.Repeat(1f, 40)]), 1e-6);

    [Fact]
    public void Separable_scores_give_a_finite_curve()
    {
        var scores = Enumerable.Range(0, 40).Select(i => i < 20 ? -5f - i : 5f + i).ToArray();
        var calibration = OutputCalibration.FitBinary(scores, [.. scores.Select(s => s > 0)], [.. scores.Select(_ => 1f)])!;
        Assert.True(double.IsFinite(calibration.Scale) && double.IsFinite(calibration.Offset));
        Assert.True(calibration.Probability(-24) < 0.1 && calibration.Probability(44) > 0.9, $"{calibration}");
    }

    [Fact]
    public void Corrects_the_class_ratio_of_the_training_batches() =>
        Gen.Int[0, 999_999].Select(i => i / 1e6).Array[8_000].Sample(
            chances =>
            {
                // True log odds z. The training batches had 30 times as many positives, so the model outputs z + ln 30.
                var (scores, positive) = (new float[4_000], new bool[4_000]);
                for (var i = 0; i < scores.Length; i++)
                {
                    var z = (chances[i] * 8) - 6;
                    (scores[i], positive[i]) = ((float)(z + Math.Log(30)), chances[4_000 + i] < LogisticScaling.Logistic(z));
                }

                var calibration = OutputCalibration.FitBinary(scores, positive, [.. scores.Select(_ => 1f)])!;
                Assert.InRange(calibration.Scale, 0.85, 1.15);
                Assert.InRange(calibration.Offset, -Math.Log(30) - 0.6, -Math.Log(30) + 0.6);
                Assert.True(calibration.ErrorBefore > 0.2 && calibration.ErrorAfter < 0.05, $"{calibration}");
            },
            iter: 20);

    [Fact]
    public void Leaves_calibrated_outputs_unchanged()
    {
        var scores = Enumerable.Range(0, 40).Select(i => i < 20 ? -60f : 60f).ToArray();
        float[] weights = [.. scores.Select(_ => 1f)];
        var calibration = OutputCalibration.FitBinary(scores, [.. scores.Select(s => s > 0)], weights)!;
        Assert.Equal((1.0, 0.0), (calibration.Scale, calibration.Offset));
        Assert.Equal(calibration.ErrorBefore, calibration.ErrorAfter);
        float[] outputs = [.. scores.SelectMany(s => (float[])[s, -s])];
        var classes = OutputCalibration.FitMulticlass(outputs, 2, [.. scores.Select(s => s > 0 ? 0 : 1)], weights)!;
        Assert.Equal((1.0, 0.0), (classes.Scale, classes.Offset));
    }

    [Fact]
    public void Multiclass_calibration_reduces_confidence_but_not_accuracy()
    {
        var calibration = OutputCalibration.FitMulticlass(Outputs, 3, Labels, [.. Enumerable.Repeat(1f, 40)])!;
        Assert.Equal(0.4246350071270991, calibration.Scale, 1e-6);
        Assert.Equal((0.0, 40), (calibration.Offset, calibration.Examples));
        Assert.True(calibration.ErrorAfter < calibration.ErrorBefore, $"{calibration}");
        Span<double> probabilities = stackalloc double[3];
        calibration.Probabilities(Outputs.AsSpan(0, 3), probabilities);
        Assert.Equal(1, probabilities[0] + probabilities[1] + probabilities[2], 1e-12);
        Assert.True(probabilities[0] > probabilities[2] && probabilities[2] > probabilities[1]);
    }

    [Fact]
    public void Returns_null_for_too_few_examples_and_ignores_NaN()
    {
        var scores = Enumerable.Range(0, 100).Select(i => i < 8 ? 1f : -1f).ToArray();
        Assert.NotNull(OutputCalibration.FitBinary(scores, [.. scores.Select(s => s > 0)], [.. scores.Select(_ => 1f)]));
        Assert.Null(OutputCalibration.FitBinary(scores, [.. scores.Select((_, i) => i < 7)], [.. scores.Select(_ => 1f)]));
        Assert.Null(OutputCalibration.FitBinary([.. scores.Select(_ => float.NaN)], [.. scores.Select(s => s > 0)], [.. scores.Select(_ => 1f)]));
        Assert.Null(OutputCalibration.FitMulticlass(Outputs.AsSpan(0, 30), 3, Labels.AsSpan(0, 10), [.. Enumerable.Repeat(1f, 10)]));
    }

    [Fact]
    public void The_calibration_error_equals_manually_computed_values()
    {
        // Bin (0, 0.5]: predicted 0.2 and 0.4, observed 0 and 1, weights 1 and 3. Bin (0.5, 1]: predicted 1, observed 1.
        Assert.Equal(Math.Abs(((0.2 * 1) + (0.4 * 3)) - 3) / 6, CalibrationError.Expected([0.2, 0.4, 1], [false, true, true], [1, 3, 2], bins: 2), 1e-12);
        Assert.True(double.IsNaN(CalibrationError.Expected([], [])));
        Assert.Equal(0, CalibrationError.Expected([0, 1], [false, true]));
        Assert.Throws<ArgumentException>(() => CalibrationError.Expected([1.5], [true]));
        Assert.Throws<ArgumentException>(() => CalibrationError.Expected([double.NaN], [true]));
    }
}
