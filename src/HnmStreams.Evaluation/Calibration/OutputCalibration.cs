namespace HnmStreams.Evaluation.Calibration;

/// <summary>
/// A mapping from a model's outputs to calibrated probabilities, fitted on held-out examples. It is needed because training batches with,
/// say, three negatives per positive, many of them hard, have other class frequencies than the stream. If calibration would not lower the
/// error, the outputs are left unchanged: scale 1, offset 0.
/// </summary>
/// <param name="Scale">Factor for the outputs before the logistic function or softmax.</param>
/// <param name="Offset">Term added after that; 0 for several classes.</param>
/// <param name="ErrorBefore">Expected calibration error of the unchanged outputs, 0 to 1.</param>
/// <param name="ErrorAfter">Expected calibration error after calibration, 0 to 1, by two-fold cross-validation: each half is calibrated by
/// a fit on the other half.</param>
/// <param name="Examples">Number of examples used.</param>
public sealed record OutputCalibration(double Scale, double Offset, double ErrorBefore, double ErrorAfter, int Examples)
{
    /// <summary>The minimum number of examples per class for a fit.</summary>
    public const int MinPerClass = 8;

    /// <summary>Fits a calibration of one class against the rest (Platt scaling). NaN scores are ignored. Pure; O(n) per iteration.</summary>
    /// <param name="scores">Outputs of the model; larger means more positive.</param>
    /// <param name="positive">True for examples of the class.</param>
    /// <param name="weights">Weights, 0 or more.</param>
    /// <returns>The calibration, or null if either class has fewer than <see cref="MinPerClass"/> examples.</returns>
    public static OutputCalibration? FitBinary(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights)
    {
        var kept = Finite(scores, 1);
        var (z, truths, w) = (Pick(scores, kept), Pick(positive, kept), Pick(weights, kept));
        var positives = truths.Count(t => t);
        if (Math.Min(positives, truths.Length - positives) < MinPerClass)
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

    /// <summary>
    /// Fits a calibration of several classes by the probability of the predicted one (temperature scaling). Pure; O(n classes) per
    /// iteration.
    /// </summary>
    /// <param name="outputs">Outputs of the model, [n, classes] in row-major order. Rows with NaN are ignored.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="labels">Classes of the examples, [n].</param>
    /// <param name="weights">Weights, 0 or more, [n].</param>
    /// <returns>The calibration, or null with fewer than 2 x <see cref="MinPerClass"/> examples.</returns>
    public static OutputCalibration? FitMulticlass(ReadOnlySpan<float> outputs, int classes, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights)
    {
        var kept = Finite(outputs, classes);
        var (z, truths, w) = (Pick(outputs, kept, classes), Pick(labels, kept), Pick(weights, kept));
        if (truths.Length < 2 * MinPerClass)
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
                var predicted = Largest(own);
                right[i] = predicted == truths[i];
                TemperatureScaling.Softmax(own, 1, probabilities);
                before[i] = probabilities[predicted];
                if (fold[i] != half)
                    continue;
                TemperatureScaling.Softmax(own, scale, probabilities);
                after[i] = probabilities[predicted];
            }
        }

        return Better(
            TemperatureScaling.Fit(z, classes, truths, w), 0, CalibrationError.Expected(before, right, w), CalibrationError.Expected(after, right, w), truths.Length);
    }

    /// <summary>Returns the calibrated probability of the class, given the output of the model.</summary>
    public double Probability(float score) => LogisticScaling.Logistic((Scale * score) + Offset);

    /// <summary>Computes the calibrated probabilities of all classes. They sum to 1.</summary>
    /// <param name="outputs">Outputs of the model, [classes].</param>
    /// <param name="into">Receives the probabilities, [classes].</param>
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

    // Alternates within each class, so that both halves contain every class.
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
