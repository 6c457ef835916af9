namespace HnmStreams.Evaluation.Metrics;

/// <summary>How often predicted classes are right. Weights count an example so many times. O(n); pure.</summary>
public static class ClassificationMetrics
{
    /// <returns>Weight of the right ones over all weight; NaN where there is none.</returns>
    public static double Accuracy(ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights = default)
    {
        Check(predicted, labels, weights);
        double right = 0, all = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            all += weight;
            if (predicted[i] == labels[i])
                right += weight;
        }

        return all > 0 ? right / all : double.NaN;
    }

    /// <summary>
    /// The plain mean over classes of F1 = 2TP / (2TP + FP + FN). Classes that neither occur nor are predicted do not count.
    /// </summary>
    /// <returns>0 to 1; NaN where there is nothing.</returns>
    public static double MacroF1(ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights = default)
    {
        Check(predicted, labels, weights);
        // Twice the true positives, and all that is labelled or predicted so: the two sides of the fraction.
        var classes = new SortedDictionary<int, (double Hits, double Touched)>();
        for (var i = 0; i < labels.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            var hit = predicted[i] == labels[i] ? weight : 0;
            Add(labels[i], hit, weight);
            Add(predicted[i], hit, weight);
        }

        double sum = 0;
        var count = 0;
        foreach (var (hits, touched) in classes.Values)
        {
            if (touched <= 0)
                continue;
            sum += hits / touched;
            count++;
        }

        return count > 0 ? sum / count : double.NaN;

        void Add(int of, double hit, double weight)
        {
            classes.TryGetValue(of, out var so);
            classes[of] = (so.Hits + hit, so.Touched + weight);
        }
    }

    private static void Check(ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights)
    {
        if (predicted.Length != labels.Length || (!weights.IsEmpty && weights.Length != labels.Length))
            throw new ArgumentException($"{predicted.Length} predictions, {labels.Length} labels and {weights.Length} weights do not belong together.", nameof(predicted));
    }
}
