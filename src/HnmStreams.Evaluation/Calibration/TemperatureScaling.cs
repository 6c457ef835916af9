namespace HnmStreams.Evaluation.Calibration;

/// <summary>One factor for the outputs of several classes before their softmax: the order of classes stays (arXiv 1706.04599, section 4.2).</summary>
public static class TemperatureScaling
{
    private const double Least = 1e-3;
    private const double Most = 1e3;
    private const int Halvings = 200;

    /// <summary>
    /// The factor (one over the temperature) of the least weighted log loss. The loss is convex in it, so its slope is
    /// looked for where it is 0, by halving between 0.001 and 1000, in the logarithm. O(n classes) a halving; pure.
    /// </summary>
    /// <param name="outputs">n x <paramref name="classes"/>, row-major, finite.</param>
    public static double Fit(ReadOnlySpan<float> outputs, int classes, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights)
    {
        var (low, high) = (Math.Log(Least), Math.Log(Most));
        for (var i = 0; i < Halvings && high - low > 1e-12; i++)
        {
            var middle = (low + high) / 2;
            if (Slope(outputs, classes, labels, weights, Math.Exp(middle)) < 0)
                low = middle;
            else
                high = middle;
        }

        return Math.Exp((low + high) / 2);
    }

    /// <summary>Probabilities of the classes; <paramref name="into"/> sums to 1.</summary>
    public static void Softmax(ReadOnlySpan<float> outputs, double scale, Span<double> into)
    {
        var most = double.NegativeInfinity;
        foreach (var output in outputs)
            most = Math.Max(most, scale * output);
        double sum = 0;
        for (var k = 0; k < outputs.Length; k++)
            sum += into[k] = Math.Exp((scale * outputs[k]) - most);
        for (var k = 0; k < outputs.Length; k++)
            into[k] /= sum;
    }

    // Of the loss over the factor: what the model expects of an output, less the output of the true class.
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
