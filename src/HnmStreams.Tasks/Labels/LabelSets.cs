using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Labels;

/// <summary>
/// Sets of labels as the label of a row: bit i is set if label i applies. So a set passes through pools, joins and checkpoints like a class; the price is the limit of
/// <see cref="MaxLabels"/>.
/// </summary>
internal static class LabelSets
{
    /// <summary>The number of labels that fit a label of a row, an int of 0 or more.</summary>
    public const int MaxLabels = 31;

    /// <summary>Returns true if a label of the set applies.</summary>
    public static bool Applies(int set, int label) => (set >> label & 1) != 0;

    /// <summary>Returns the targets of rows, int64 [n, width]: 1 if a label applies, else 0.</summary>
    public static Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, int width)
    {
        var targets = empty(indices.Length, width, ScalarType.Int64);
        var values = MemoryMarshal.Cast<byte, long>(targets.bytes);
        for (var i = 0; i < indices.Length; i++)
        {
            for (var label = 0; label < width; label++)
                values[(i * width) + label] = Applies(rows.Labels[indices[i]], label) ? 1 : 0;
        }

        return targets;
    }

    /// <summary>Returns the labels whose probability is at least 0.5, and the probability that this set is right if labels are independent.</summary>
    public static (int Set, double Probability) Predict(IReadOnlyList<double> probabilities)
    {
        var (set, joint) = (0, 1.0);
        for (var label = 0; label < probabilities.Count; label++)
        {
            if (probabilities[label] >= 0.5)
                set |= 1 << label;
            joint *= Math.Max(probabilities[label], 1 - probabilities[label]);
        }

        return (set, joint);
    }
}
