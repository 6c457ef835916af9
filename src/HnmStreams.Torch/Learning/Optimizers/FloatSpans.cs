using System.Numerics;
using System.Runtime.InteropServices;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>
/// The optimizer's arithmetic in host memory: one pass per parameter. Torch's own Adam makes about twelve native
/// calls and passes per parameter.
/// </summary>
internal static class FloatSpans
{
    /// <summary>
    /// Returns the sum of squares; NaN or infinity if an element is. Blocks of 1,024 are summed in float, their sums
    /// in double, so that the magnitude of the total costs no precision.
    /// </summary>
    public static double SumOfSquares(ReadOnlySpan<float> values)
    {
        const int block = 1024;
        var total = 0.0;
        for (var from = 0; from < values.Length; from += block)
        {
            var part = values.Slice(from, Math.Min(block, values.Length - from));
            var vectors = MemoryMarshal.Cast<float, Vector<float>>(part);
            var sums = Vector<float>.Zero;
            foreach (var vector in vectors)
                sums += vector * vector;
            total += Vector.Sum(sums);
            foreach (var value in part[(vectors.Length * Vector<float>.Count)..])
                total += value * value;
        }

        return total;
    }

    /// <summary>
    /// Applies one Adam step (arXiv 1412.6980, algorithm 1), with the bias corrections folded into <paramref
    /// name="rate"/> and <paramref name="root"/>.
    /// </summary>
    /// <param name="rate">The learning rate / (1 - beta1^t).</param>
    /// <param name="root">1 / sqrt(1 - beta2^t).</param>
    public static void Adam(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> mean, Span<float> square, in AdamConstants c, float scale, float rate, float root)
    {
        var w = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradients)[..w.Length];
        var m = MemoryMarshal.Cast<float, Vector<float>>(mean)[..w.Length];
        var v = MemoryMarshal.Cast<float, Vector<float>>(square)[..w.Length];
        var (beta1, beta2) = (new Vector<float>(c.Beta1), new Vector<float>(c.Beta2));
        var (rest1, rest2) = (new Vector<float>(c.Rest1), new Vector<float>(c.Rest2));
        var (decay, scales, rates, roots, epsilon) = (
            new Vector<float>(c.Decay), new Vector<float>(scale), new Vector<float>(rate), new Vector<float>(root), new Vector<float>(c.Epsilon));
        for (var i = 0; i < w.Length; i++)
        {
            var gradient = (g[i] * scales) + (w[i] * decay);
            var nextMean = (m[i] * beta1) + (gradient * rest1);
            var nextSquare = (v[i] * beta2) + (gradient * gradient * rest2);
            m[i] = nextMean;
            v[i] = nextSquare;
            w[i] -= rates * nextMean / ((Vector.SquareRoot(nextSquare) * roots) + epsilon);
        }

        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            var gradient = (gradients[i] * scale) + (weights[i] * c.Decay);
            mean[i] = (mean[i] * c.Beta1) + (gradient * c.Rest1);
            square[i] = (square[i] * c.Beta2) + (gradient * gradient * c.Rest2);
            weights[i] -= rate * mean[i] / ((MathF.Sqrt(square[i]) * root) + c.Epsilon);
        }
    }
}

/// <param name="Rest1">1 - beta1, rounded once from double: the difference of floats would be off by 5 in 100,000 for beta2.</param>
/// <param name="Decay">The weight decay, which is added to the gradient.</param>
internal readonly record struct AdamConstants(float Beta1, float Rest1, float Beta2, float Rest2, float Epsilon, float Decay);
