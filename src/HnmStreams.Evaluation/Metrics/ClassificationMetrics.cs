namespace HnmStreams.Evaluation.Metrics;

/// <summary>Metrics of predicted classes. A weight counts an example that many times. Pure; O(n).</summary>
public static class ClassificationMetrics
{
    /// <summary>Returns the share of examples whose predicted class is right.</summary>
    /// <param name="predicted">Predicted classes, [n].</param>
    /// <param name="labels">True classes, [n].</param>
    /// <param name="weights">Weights, 0 or more; empty for 1 each.</param>
    /// <returns>0 to 1; NaN if the total weight is 0.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
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
    /// Returns the unweighted mean over classes of F1 = 2TP / (2TP + FP + FN). Classes that neither occur nor are predicted are ignored.
    /// </summary>
    /// <param name="predicted">Predicted classes, [n].</param>
    /// <param name="labels">True classes, [n].</param>
    /// <param name="weights">Weights, 0 or more; empty for 1 each.</param>
    /// <returns>0 to 1; NaN if the total weight is 0.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double MacroF1(ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights = default)
    {
        Check(predicted, labels, weights);
        // Numerator and denominator: twice the true positives, and all examples labeled or predicted as the class.
        var classes = new SortedDictionary<int, (double Hits, double Total)>();
        for (var i = 0; i < labels.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            var hit = predicted[i] == labels[i] ? weight : 0;
            Add(labels[i], hit, weight);
            Add(predicted[i], hit, weight);
        }

        double sum = 0;
        var count = 0;
        foreach (var (hits, total) in classes.Values)
        {
            if (total <= 0)
                continue;
            sum += hits / total;
            count++;
        }

        return count > 0 ? sum / count : double.NaN;

        void Add(int label, double hit, double weight)
        {
            classes.TryGetValue(label, out var counts);
            classes[label] = (counts.Hits + hit, counts.Total + weight);
        }
    }

    private static void Check(ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights)
    {
        if (predicted.Length != labels.Length || (!weights.IsEmpty && weights.Length != labels.Length))
            throw new ArgumentException($"{predicted.Length} predictions, {labels.Length} labels and {weights.Length} weights must have the same length.", nameof(predicted));
    }
}
