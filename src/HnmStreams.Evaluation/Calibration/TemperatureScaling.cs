namespace HnmStreams.Evaluation.Calibration;

/// <summary>
/// Temperature scaling: one factor for the outputs of all classes before the softmax, which preserves the order of the classes (arXiv
/// 1706.04599, section 4.2).
/// </summary>
internal static class TemperatureScaling
{
    private const double MinFactor = 1e-3;
    private const double MaxFactor = 1e3;
    private const int MaxIterations = 200;

    /// <summary>
    /// Fits the factor (the inverse temperature) that minimizes the weighted log loss. The loss is convex in it, so its derivative is
    /// solved for 0 by bisection between 0.001 and 1,000, on a logarithmic scale. Pure; O(n classes) per iteration.
    /// </summary>
    /// <param name="outputs">Outputs of the model, [n, classes] in row-major order; finite.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="labels">Classes of the examples, [n].</param>
    /// <param name="weights">Weights, 0 or more, [n].</param>
    public static double Fit(ReadOnlySpan<float> outputs, int classes, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights)
    {
        var (low, high) = (Math.Log(MinFactor), Math.Log(MaxFactor));
        for (var i = 0; i < MaxIterations && high - low > 1e-12; i++)
        {
            var middle = (low + high) / 2;
            if (Slope(outputs, classes, labels, weights, Math.Exp(middle)) < 0)
                low = middle;
            else
                high = middle;
        }

        return Math.Exp((low + high) / 2);
    }

    /// <summary>Computes the softmax of scaled outputs.</summary>
    /// <param name="outputs">Outputs of the model, [classes].</param>
    /// <param name="scale">Factor for the outputs.</param>
    /// <param name="into">Receives the probabilities, which sum to 1, [classes].</param>
    public static void Softmax(ReadOnlySpan<float> outputs, double scale, Span<double> into)
    {
        var maximum = double.NegativeInfinity;
        foreach (var output in outputs)
            maximum = Math.Max(maximum, scale * output);
        double sum = 0;
        for (var k = 0; k < outputs.Length; k++)
            sum += into[k] = Math.Exp((scale * outputs[k]) - maximum);
        for (var k = 0; k < outputs.Length; k++)
            into[k] /= sum;
    }

    // Derivative of the loss: the output that the model expects, minus the output of the true class.
    private static double Slope(ReadOnlySpan<float> outputs, int classes, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, double scale)
    {
        var probabilities = new double[classes];
        double slope = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            var own = outputs.Slice(row * classes, classes);
            Softmax(own, scale, probabilities);
            double expected = 0;
            for (var k = 0; k < classes; k++)
                expected += probabilities[k] * own[k];
            slope += weights[row] * (expected - own[labels[row]]);
        }

        return slope;
    }
}
