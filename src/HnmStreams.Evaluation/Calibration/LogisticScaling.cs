namespace HnmStreams.Evaluation.Calibration;

/// <summary>
/// Platt scaling: a logistic curve fitted to the scores of one class against the rest, p = 1 / (1 + exp(-(scale z + offset))) (Platt,
/// "Probabilistic outputs for support vector machines", 1999). The offset corrects for training batches whose class ratio differs from the
/// stream's. The scale corrects for over- or underconfidence, which training on hard examples causes.
/// </summary>
internal static class LogisticScaling
{
    private const int MaxIterations = 100;

    /// <summary>
    /// Fits the curve that minimizes the weighted log loss, by Newton's method with backtracking (Lin, Lin and Weng, "A note on Platt's
    /// probabilistic outputs for support vector machines", Machine Learning 68, 2007). Targets are smoothed as by Platt, so that the result
    /// is finite if the scores separate the classes. Pure; O(n) per iteration.
    /// </summary>
    /// <param name="scores">Scores; finite.</param>
    /// <param name="positive">True for examples of the class.</param>
    /// <param name="weights">Weights, 0 or more, with a positive sum.</param>
    /// <returns>Scale and offset of the curve.</returns>
    public static (double Scale, double Offset) Fit(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights)
    {
        var positives = 0;
        foreach (var p in positive)
            positives += p ? 1 : 0;
        var (high, low) = ((positives + 1.0) / (positives + 2.0), 1.0 / (positive.Length - positives + 2.0));
        double scale = 1, offset = 0;
        var loss = Loss(scores, positive, weights, high, low, scale, offset);
        for (var step = 0; step < MaxIterations; step++)
        {
            double g0 = 0, g1 = 0, h00 = 1e-12, h01 = 0, h11 = 1e-12;
            for (var i = 0; i < scores.Length; i++)
            {
                double z = scores[i], weight = weights[i];
                var p = Logistic(scale * z + offset);
                var residual = weight * (p - (positive[i] ? high : low));
                var curvature = weight * p * (1 - p);
                (g0, g1) = (g0 + (residual * z), g1 + residual);
                (h00, h01, h11) = (h00 + (curvature * z * z), h01 + (curvature * z), h11 + curvature);
            }

            var determinant = (h00 * h11) - (h01 * h01);
            if (!(determinant > 0))
                break;
            var (dScale, dOffset) = (-((h11 * g0) - (h01 * g1)) / determinant, -((h00 * g1) - (h01 * g0)) / determinant);
            var slope = (g0 * dScale) + (g1 * dOffset);
            var stepSize = 1.0;
            var next = Loss(scores, positive, weights, high, low, scale + dScale, offset + dOffset);
            while (next > loss + (1e-4 * stepSize * slope) && stepSize > 1e-10)
            {
                stepSize /= 2;
                next = Loss(scores, positive, weights, high, low, scale + (stepSize * dScale), offset + (stepSize * dOffset));
            }

            if (!(next < loss))
                break;
            (scale, offset, loss) = (scale + (stepSize * dScale), offset + (stepSize * dOffset), next);
        }

        return (scale, offset);
    }

    /// <summary>Returns 1 / (1 + exp(-z)), without overflow.</summary>
    public static double Logistic(double z) => z >= 0 ? 1 / (1 + Math.Exp(-z)) : Math.Exp(z) / (1 + Math.Exp(z));

    private static double Loss(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights, double high, double low, double scale, double offset)
    {
        double sum = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var z = (scale * scores[i]) + offset;
            // log(1 + e^z) - t z, without overflow.
            var softplus = Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z)));
            sum += weights[i] * (softplus - ((positive[i] ? high : low) * z));
        }

        return sum;
    }
}
