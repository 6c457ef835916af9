namespace HnmStreams.Evaluation.Calibration;

/// <summary>
/// How outputs become probabilities that keep what they promise, learnt from a held-out share: batches of three negatives
/// to one positive, hard ones among them, teach other odds than the stream's. Where that would not lower the error, outputs
/// stay as they are: scale 1, offset 0.
/// </summary>
/// <param name="Scale">What outputs are multiplied by before the logistic curve or the softmax.</param>
/// <param name="Offset">What is added to them then; 0 for several classes.</param>
/// <param name="ErrorBefore">Expected calibration error of the outputs as they are.</param>
/// <param name="ErrorAfter">The same calibrated, each half of the examples by what the other half taught.</param>
/// <param name="Examples">How many it was learnt from.</param>
public sealed record OutputCalibration(double Scale, double Offset, double ErrorBefore, double ErrorAfter, int Examples)
{
    /// <summary>Fewer of a class teach nothing.</summary>
    public const int LeastOfClass = 8;

    /// <summary>Of one class against the rest; null with fewer than <see cref="LeastOfClass"/> of either side. NaN scores are passed over. O(n); pure.</summary>
    public static OutputCalibration? OfScores(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights)
    {
        var kept = Finite(scores, 1);
        var (z, truths, w) = (Pick(scores, kept), Pick(positive, kept), Pick(weights, kept));
        var positives = truths.Count(t => t);
        if (Math.Min(positives, truths.Length - positives) < LeastOfClass)
            return null;
        var fold = Folds([.. truths.Select(t => t ? 1 : 0)]);
        var (before, after) = (new double[z.Length], new double[z.Length]);
        for (var half = 0; half < 2; half++)
        {
            var others = Others(fold, half);
            var (scale, offset) = LogisticScaling.Fit(Pick<float>(z, others), Pick<bool>(truths, others), Pick<float>(w, others));
            for (var i = 0; i < z.Length; i++)
            {
                before[i] = LogisticScaling.Logistic(z[i]);
                if (fold[i] == half)
                    after[i] = LogisticScaling.Logistic((scale * z[i]) + offset);
            }
        }

        var all = LogisticScaling.Fit(z, truths, w);
        return Better(all.Scale, all.Offset, CalibrationError.Expected(before, truths, w), CalibrationError.Expected(after, truths, w), z.Length);
    }

    /// <summary>Of several classes, by the probability of the one that is named; null with fewer than <see cref="LeastOfClass"/> examples. O(n classes); pure.</summary>
    /// <param name="outputs">n x <paramref name="classes"/>, row-major; rows with NaN are passed over.</param>
    public static OutputCalibration? OfClasses(ReadOnlySpan<float> outputs, int classes, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights)
    {
        var kept = Finite(outputs, classes);
        var (z, truths, w) = (Pick(outputs, kept, classes), Pick(labels, kept), Pick(weights, kept));
        if (truths.Length < 2 * LeastOfClass)
            return null;
        var fold = Folds(truths);
        var (before, after, right) = (new double[truths.Length], new double[truths.Length], new bool[truths.Length]);
        var probabilities = new double[classes];
        for (var half = 0; half < 2; half++)
        {
            var others = Others(fold, half);
            var scale = TemperatureScaling.Fit(Pick<float>(z, others, classes), classes, Pick<int>(truths, others), Pick<float>(w, others));
            for (var i = 0; i < truths.Length; i++)
            {
                var own = z.AsSpan(i * classes, classes);
                var named = Largest(own);
                right[i] = named == truths[i];
                TemperatureScaling.Softmax(own, 1, probabilities);
                before[i] = probabilities[named];
                if (fold[i] != half)
                    continue;
                TemperatureScaling.Softmax(own, scale, probabilities);
                after[i] = probabilities[named];
            }
        }

        return Better(
            TemperatureScaling.Fit(z, classes, truths, w), 0, CalibrationError.Expected(before, right, w), CalibrationError.Expected(after, right, w), truths.Length);
    }

    /// <summary>Of one class against the rest.</summary>
    public double Probability(float score) => LogisticScaling.Logistic((Scale * score) + Offset);

    /// <summary>Of several classes; they sum to 1.</summary>
    public void Probabilities(ReadOnlySpan<float> outputs, Span<double> into) => TemperatureScaling.Softmax(outputs, Scale, into);

    private static OutputCalibration Better(double scale, double offset, double before, double after, int examples) =>
        after < before ? new(scale, offset, before, after, examples) : new(1, 0, before, before, examples);

    private static int[] Finite(ReadOnlySpan<float> outputs, int width)
    {
        var rows = new List<int>(outputs.Length / width);
        for (var row = 0; row < outputs.Length / width; row++)
        {
            var finite = true;
            foreach (var output in outputs.Slice(row * width, width))
                finite &= float.IsFinite(output);
            if (finite)
                rows.Add(row);
        }

        return [.. rows];
    }

    private static T[] Pick<T>(ReadOnlySpan<T> from, int[] rows, int width = 1)
    {
        var picked = new T[rows.Length * width];
        for (var i = 0; i < rows.Length; i++)
            from.Slice(rows[i] * width, width).CopyTo(picked.AsSpan(i * width));
        return picked;
    }

    // Each class in turn to either half, so that both know of every class.
    private static int[] Folds(int[] classes)
    {
        var next = new Dictionary<int, int>();
        var folds = new int[classes.Length];
        for (var i = 0; i < classes.Length; i++)
            next[classes[i]] = 1 - (folds[i] = next.GetValueOrDefault(classes[i]));
        return folds;
    }

    private static int[] Others(int[] fold, int half) => [.. Enumerable.Range(0, fold.Length).Where(i => fold[i] != half)];

    private static int Largest(ReadOnlySpan<float> outputs)
    {
        var best = 0;
        for (var i = 1; i < outputs.Length; i++)
            best = outputs[i] > outputs[best] ? i : best;
        return best;
    }
}
