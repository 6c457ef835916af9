using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using static TorchSharp.torch;

namespace HnmStreams.Torch;

/// <summary>The labels of rows as a tensor.</summary>
public static class LabelTensor
{
    /// <summary>Returns the labels, int64 [n], on the CPU.</summary>
    public static Tensor Of(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var labels = empty(indices.Length, ScalarType.Int64);
        var values = MemoryMarshal.Cast<byte, long>(labels.bytes);
        for (var i = 0; i < indices.Length; i++)
            values[i] = rows.Labels[indices[i]];
        return labels;
    }
}
