using System.Numerics;
using System.Runtime.InteropServices;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>The arithmetic of <see cref="ProdigyUpdate"/> in host memory: one pass per parameter.</summary>
internal static class ProdigySpans
{
    /// <summary>Applies one step of algorithm 4 (arXiv 2306.06101), apart from the estimate.</summary>
    /// <param name="weights">x.</param>
    /// <param name="initial">x0.</param>
    /// <param name="mean">m / d0.</param>
    /// <param name="square">v / d0².</param>
    /// <param name="sums">s / d0², with growing weights.</param>
    /// <returns>The product &lt;g, x0 - x&gt; before the step, and the increase of |s|_1. Summed in float: pass at most some thousand elements.</returns>
    public static (float Product, float Added) Step(
        Span<float> weights, ReadOnlySpan<float> gradients, ReadOnlySpan<float> initial, Span<float> mean, Span<float> square, Span<float> sums, in ProdigyConstants c)
    {
        var x = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradients)[..x.Length];
        var x0 = MemoryMarshal.Cast<float, Vector<float>>(initial)[..x.Length];
        var m = MemoryMarshal.Cast<float, Vector<float>>(mean)[..x.Length];
        var v = MemoryMarshal.Cast<float, Vector<float>>(square)[..x.Length];
        var s = MemoryMarshal.Cast<float, Vector<float>>(sums)[..x.Length];
        var (beta1, rest1, beta2, rest2) = (new Vector<float>(c.Beta1), new Vector<float>(c.Rest1), new Vector<float>(c.Beta2), new Vector<float>(c.Rest2));
        var (epsilon, scale, rate) = (new Vector<float>(c.Epsilon), new Vector<float>(c.Scale), new Vector<float>(c.Rate));
        var (decay, weight) = (new Vector<float>(c.Decay), new Vector<float>(c.Weight));
        var (products, additions) = (Vector<float>.Zero, Vector<float>.Zero);
        for (var i = 0; i < x.Length; i++)
        {
            var gradient = g[i] * scale;
            var nextMean = (m[i] * beta1) + (gradient * rest1);
            var nextSquare = (v[i] * beta2) + (gradient * gradient * rest2);
            var nextSum = s[i] + (gradient * weight);
            products += gradient * (x0[i] - x[i]);
            additions += Vector.Abs(nextSum) - Vector.Abs(s[i]);
            m[i] = nextMean;
            v[i] = nextSquare;
            s[i] = nextSum;
            x[i] -= rate * ((nextMean / (Vector.SquareRoot(nextSquare) + epsilon)) + (decay * x[i]));
        }

        var (product, added) = (Vector.Sum(products), Vector.Sum(additions));
        for (var i = x.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            var gradient = gradients[i] * c.Scale;
            var nextSum = sums[i] + (gradient * c.Weight);
            product += gradient * (initial[i] - weights[i]);
            added += MathF.Abs(nextSum) - MathF.Abs(sums[i]);
            mean[i] = (mean[i] * c.Beta1) + (gradient * c.Rest1);
            square[i] = (square[i] * c.Beta2) + (gradient * gradient * c.Rest2);
            sums[i] = nextSum;
            weights[i] -= c.Rate * ((mean[i] / (MathF.Sqrt(square[i]) + c.Epsilon)) + (c.Decay * weights[i]));
        }

        return (product, added);
    }
}

/// <param name="Rest1">(1 - beta1) d / d0.</param>
/// <param name="Rest2">(1 - beta2) (d / d0)².</param>
/// <param name="Epsilon">epsilon d / d0.</param>
/// <param name="Scale">The factor on the gradients (clipping).</param>
/// <param name="Rate">gamma d.</param>
/// <param name="Weight">The weight of the gradient in s.</param>
internal readonly record struct ProdigyConstants(float Beta1, float Rest1, float Beta2, float Rest2, float Epsilon, float Scale, float Rate, float Decay, float Weight);
