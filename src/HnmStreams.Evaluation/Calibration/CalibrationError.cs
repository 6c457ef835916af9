namespace HnmStreams.Evaluation.Calibration;

/// <summary>How far probabilities are from what they promise.</summary>
public static class CalibrationError
{
    /// <summary>As many bins as in the paper.</summary>
    public const int Bins = 15;

    /// <summary>
    /// Expected calibration error: over bins of equal width (0, 1/M], …, ((M - 1)/M, 1], the weighted mean of how far the
    /// share of what came true lies from the mean probability (Guo et al., "On calibration of modern neural networks",
    /// arXiv 1706.04599, equation 3). O(n); pure.
    /// </summary>
    /// <param name="probabilities">0 to 1.</param>
    /// <param name="happened">Whether what the probability was of came true.</param>
    /// <param name="weights">Not negative; empty counts each once.</param>
    /// <returns>0 to 1; NaN where nothing has weight.</returns>
    public static double Expected(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> happened, ReadOnlySpan<float> weights = default, int bins = Bins)
    {
        if (probabilities.Length != happened.Length || (!weights.IsEmpty && weights.Length != probabilities.Length))
            throw new ArgumentException($"{probabilities.Length} probabilities, {happened.Length} outcomes and {weights.Length} weights do not belong together.", nameof(probabilities));
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var promised = new double[bins];
        var kept = new double[bins];
        double total = 0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            var probability = probabilities[i];
            if (!(probability is >= 0 and <= 1))
                throw new ArgumentException($"Probability {i} is {probability}; 0 to 1 is expected.", nameof(probabilities));
            var bin = Math.Clamp((int)Math.Ceiling(probability * bins) - 1, 0, bins - 1);
            double weight = weights.IsEmpty ? 1 : weights[i];
            promised[bin] += weight * probability;
            kept[bin] += happened[i] ? weight : 0;
            total += weight;
        }

        double apart = 0;
        for (var bin = 0; bin < bins; bin++)
            apart += Math.Abs(kept[bin] - promised[bin]);
        return total > 0 ? apart / total : double.NaN;
    }
}
