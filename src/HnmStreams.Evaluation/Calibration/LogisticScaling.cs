namespace HnmStreams.Evaluation.Calibration;

/// <summary>
/// The logistic curve through scores of one class against the rest: p = 1 / (1 + exp(-(scale z + offset))) (Platt,
/// "Probabilistic outputs for support vector machines", 1999). The offset takes back what a batch of another mix than
/// the stream's has taught; the scale, how sure hard examples have made the model, or unsure.
/// </summary>
public static class LogisticScaling
{
    private const int Steps = 100;

    /// <summary>
    /// The curve of the least weighted log loss, by Newton's method with halved steps (Lin, Lin and Weng, "A note on Platt's
    /// probabilistic outputs for support vector machines", Machine Learning 68, 2007). Truths are drawn in as Platt has it,
    /// so that it stays finite where scores tell both sides apart. O(n) a step; pure.
    /// </summary>
    /// <param name="scores">Finite.</param>
    /// <param name="weights">Not negative, their sum above 0.</param>
    public static (double Scale, double Offset) Fit(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights)
    {
        var positives = 0;
        foreach (var p in positive)
            positives += p ? 1 : 0;
        var (high, low) = ((positives + 1.0) / (positives + 2.0), 1.0 / (positive.Length - positives + 2.0));
        double scale = 1, offset = 0;
        var loss = Loss(scores, positive, weights, high, low, scale, offset);
        for (var step = 0; step < Steps; step++)
        {
            double g0 = 0, g1 = 0, h00 = 1e-12, h01 = 0, h11 = 1e-12;
            for (var i = 0; i < scores.Length; i++)
            {
                double z = scores[i], weight = weights[i];
                var p = Logistic(scale * z + offset);
                var off = weight * (p - (positive[i] ? high : low));
                var bend = weight * p * (1 - p);
                (g0, g1) = (g0 + (off * z), g1 + off);
                (h00, h01, h11) = (h00 + (bend * z * z), h01 + (bend * z), h11 + bend);
            }

            var determinant = (h00 * h11) - (h01 * h01);
            if (!(determinant > 0))
                break;
            var (dScale, dOffset) = (-((h11 * g0) - (h01 * g1)) / determinant, -((h00 * g1) - (h01 * g0)) / determinant);
            var slope = (g0 * dScale) + (g1 * dOffset);
            var size = 1.0;
            var next = Loss(scores, positive, weights, high, low, scale + dScale, offset + dOffset);
            while (next > loss + (1e-4 * size * slope) && size > 1e-10)
            {
                size /= 2;
                next = Loss(scores, positive, weights, high, low, scale + (size * dScale), offset + (size * dOffset));
            }

            if (!(next < loss))
                break;
            (scale, offset, loss) = (scale + (size * dScale), offset + (size * dOffset), next);
        }

        return (scale, offset);
    }

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
