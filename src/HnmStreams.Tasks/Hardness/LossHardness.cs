namespace HnmStreams.Tasks.Hardness;

/// <summary>
/// Hardness as the cross-entropy of the true label, whatever loss is trained: 0 or more, comparable between labels
/// and versions, and increasing with a negative's score. Computed in double precision, exact for large outputs.
/// </summary>
internal static class LossHardness
{
    /// <summary>Writes the hardness for one logit z per example: log(1 + exp(z)) for label 0, log(1 + exp(-z)) for label 1.</summary>
    public static void Binary(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, Span<float> hardness)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            double z = labels[i] == 1 ? -logits[i] : logits[i];
            hardness[i] = (float)(Math.Max(z, 0) + LogOnePlus(Math.Exp(-Math.Abs(z))));
        }
    }

    /// <summary>Writes the hardness for one logit per class: log sum exp(z) - z[label]; 0 for a label beyond the classes, whose examples are not mined.</summary>
    public static void Classes(ReadOnlySpan<float> logits, int classes, ReadOnlySpan<int> labels, Span<float> hardness)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= classes)
            {
                hardness[i] = 0;
                continue;
            }

            var row = logits.Slice(i * classes, classes);
            var largest = double.NegativeInfinity;
            foreach (var z in row)
                largest = double.IsNaN(z) ? double.NaN : Math.Max(largest, z);
            var sum = 0.0;
            foreach (var z in row)
                sum += Math.Exp(z - largest);
            hardness[i] = (float)(largest - row[labels[i]] + Math.Log(sum));
        }
    }

    /// <summary>
    /// Writes the hardness for one logit per label and sets of labels (bit i of the label is set if label i applies): the sum over the labels of log(1 + exp(z)) for a label that
    /// does not apply and log(1 + exp(-z)) for one that does, which is the cross-entropy of the whole set if labels are independent.
    /// </summary>
    public static void Sets(ReadOnlySpan<float> logits, int width, ReadOnlySpan<int> sets, Span<float> hardness)
    {
        for (var i = 0; i < sets.Length; i++)
        {
            var sum = 0.0;
            for (var label = 0; label < width; label++)
            {
                double z = (sets[i] >> label & 1) != 0 ? -logits[(i * width) + label] : logits[(i * width) + label];
                sum += Math.Max(z, 0) + LogOnePlus(Math.Exp(-Math.Abs(z)));
            }

            hardness[i] = (float)sum;
        }
    }

    // log(1 + x) for x from 0 to 1, accurate for small x: Kahan's correction of the rounded sum (HP-15C handbook, 1982).
    private static double LogOnePlus(double x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }
}
