using System.Numerics;
using System.Runtime.InteropServices;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>The arithmetic of <see cref="ScheduleFreeUpdate"/> in host memory: one pass per parameter.</summary>
internal static class ScheduleFreeSpans
{
    /// <summary>Applies lines 7 to 12 of algorithm 1 (arXiv 2405.15682) and computes the next y (line 5).</summary>
    /// <param name="weights">y, at which the gradients were computed.</param>
    /// <param name="fast">z.</param>
    /// <param name="square">v, the mean of the squared gradients.</param>
    /// <param name="average">x.</param>
    /// <param name="root">1 / sqrt(1 - beta2^t).</param>
    /// <param name="share">The share c of the newest z in the average.</param>
    public static void Step(
        Span<float> weights, ReadOnlySpan<float> gradients, Span<float> fast, Span<float> square, Span<float> average, in ScheduleFreeConstants c, float root, float share)
    {
        var y = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradients)[..y.Length];
        var z = MemoryMarshal.Cast<float, Vector<float>>(fast)[..y.Length];
        var v = MemoryMarshal.Cast<float, Vector<float>>(square)[..y.Length];
        var x = MemoryMarshal.Cast<float, Vector<float>>(average)[..y.Length];
        var (beta2, rest2, epsilon) = (new Vector<float>(c.Beta2), new Vector<float>(c.Rest2), new Vector<float>(c.Epsilon));
        var (scale, rate, decay) = (new Vector<float>(c.Scale), new Vector<float>(c.Rate), new Vector<float>(c.RateTimesDecay));
        var (roots, shares, rest1) = (new Vector<float>(root), new Vector<float>(share), new Vector<float>(c.Rest1));
        for (var i = 0; i < y.Length; i++)
        {
            var gradient = g[i] * scale;
            var nextSquare = (v[i] * beta2) + (gradient * gradient * rest2);
            var nextFast = z[i] - (rate * gradient / ((Vector.SquareRoot(nextSquare) * roots) + epsilon)) - (decay * y[i]);
            var nextAverage = x[i] + ((nextFast - x[i]) * shares);
            v[i] = nextSquare;
            z[i] = nextFast;
            x[i] = nextAverage;
            y[i] = nextAverage + ((nextFast - nextAverage) * rest1);
        }

        for (var i = y.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            var gradient = gradients[i] * c.Scale;
            square[i] = (square[i] * c.Beta2) + (gradient * gradient * c.Rest2);
            fast[i] = fast[i] - (c.Rate * gradient / ((MathF.Sqrt(square[i]) * root) + c.Epsilon)) - (c.RateTimesDecay * weights[i]);
            average[i] += (fast[i] - average[i]) * share;
            weights[i] = average[i] + ((fast[i] - average[i]) * c.Rest1);
        }
    }

    /// <summary>Computes y = x + (1 - beta1) (z - x), with the same rounding as <see cref="Step"/>.</summary>
    public static void Interpolate(ReadOnlySpan<float> average, ReadOnlySpan<float> fast, Span<float> weights, float rest1)
    {
        for (var i = 0; i < weights.Length; i++)
            weights[i] = average[i] + ((fast[i] - average[i]) * rest1);
    }
}

/// <param name="Rest1">1 - beta1, rounded once from double; so is <paramref name="Rest2"/>.</param>
/// <param name="RateTimesDecay">The learning rate times the weight decay.</param>
/// <param name="Scale">The factor on the gradients (clipping).</param>
internal readonly record struct ScheduleFreeConstants(float Rest1, float Beta2, float Rest2, float Epsilon, float RateTimesDecay, float Scale, float Rate);
