namespace HnmStreams.Mining.Labeling;

/// <summary>Measures of the doubt in a prediction, for the choice of examples to label. All are 0 (no doubt) to 1.</summary>
/// <remarks>Pure functions, thread-safe. O(classes). The probabilities of a prediction must sum to 1; a single one is that of a positive.</remarks>
public static class PredictionDoubt
{
    /// <summary>
    /// Returns the entropy of a prediction, divided by that of equal probabilities: uncertainty sampling (Settles, "Active learning literature
    /// survey", 2009, section 3.1). NaN if a probability is NaN.
    /// </summary>
    public static double Uncertainty(ReadOnlySpan<float> probabilities)
    {
        if (probabilities.Length == 1)
            return (Entropy(probabilities[0]) + Entropy(1.0 - probabilities[0])) / Math.Log(2);
        var sum = 0.0;
        foreach (var probability in probabilities)
            sum += Entropy(probability);
        return probabilities.Length == 0 ? double.NaN : sum / Math.Log(probabilities.Length);
    }

    /// <summary>
    /// Returns the Jensen-Shannon divergence of the predictions of two model versions, divided by ln 2: query by committee of two (section 3.2 of the same
    /// survey; Lin, "Divergence measures based on the Shannon entropy", 1991).
    /// </summary>
    /// <exception cref="ArgumentException">The predictions have different numbers of classes.</exception>
    public static double Disagreement(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        if (one.Length != other.Length)
            throw new ArgumentException($"The predictions must have the same number of classes but have {one.Length} and {other.Length}.", nameof(other));
        if (one.Length == 1)
            return Math.Clamp((Divergence(one[0], other[0]) + Divergence(1.0 - one[0], 1.0 - other[0])) / Math.Log(2), 0, 1);
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++)
            sum += Divergence(one[i], other[i]);
        return double.IsNaN(sum) ? sum : Math.Clamp(sum / Math.Log(2), 0, 1);
    }

    private static double Entropy(double probability) => probability is <= 0 or >= 1 ? 0 : -probability * Math.Log(probability);

    // The part of one class: H(mean) less the mean of H.
    private static double Divergence(double one, double other) => Entropy((one + other) / 2) - ((Entropy(one) + Entropy(other)) / 2);
}
