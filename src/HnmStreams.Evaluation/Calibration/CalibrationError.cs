namespace HnmStreams.Evaluation.Calibration;

/// <summary>Measures of how far predicted probabilities are from observed frequencies.</summary>
public static class CalibrationError
{
    /// <summary>The default number of bins, as in the paper.</summary>
    public const int Bins = 15;

    /// <summary>
    /// Returns the expected calibration error (ECE): the weighted mean, over bins of equal width (0, 1/M], ..., ((M - 1)/M, 1], of the
    /// absolute difference between accuracy and mean probability (Guo et al., "On calibration of modern neural networks", arXiv 1706.04599,
    /// equation 3). Pure; O(n).
    /// </summary>
    /// <param name="probabilities">Predicted probabilities, 0 to 1.</param>
    /// <param name="happened">True if the predicted event happened.</param>
    /// <param name="weights">Weights, 0 or more; empty for 1 each.</param>
    /// <param name="bins">Number of bins, 1 or more.</param>
    /// <returns>0 to 1; NaN if the total weight is 0.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a probability is outside 0 to 1.</exception>
    public static double Expected(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> happened, ReadOnlySpan<float> weights = default, int bins = Bins)
    {
        if (probabilities.Length != happened.Length || (!weights.IsEmpty && weights.Length != probabilities.Length))
            throw new ArgumentException($"{probabilities.Length} probabilities, {happened.Length} outcomes and {weights.Length} weights must have the same length.", nameof(probabilities));
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var predicted = new double[bins];
        var observed = new double[bins];
        double total = 0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            var probability = probabilities[i];
            if (!(probability is >= 0 and <= 1))
                throw new ArgumentException($"Probability {i} must be 0 to 1 but is {probability}.", nameof(probabilities));
            var bin = Math.Clamp((int)Math.Ceiling(probability * bins) - 1, 0, bins - 1);
            double weight = weights.IsEmpty ? 1 : weights[i];
            predicted[bin] += weight * probability;
            observed[bin] += happened[i] ? weight : 0;
            total += weight;
        }

        double difference = 0;
        for (var bin = 0; bin < bins; bin++)
            difference += Math.Abs(observed[bin] - predicted[bin]);
        return total > 0 ? difference / total : double.NaN;
    }
}
