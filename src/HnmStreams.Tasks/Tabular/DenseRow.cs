using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Torch;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tabular;

/// <summary>A row of numbers without names: float32, little-endian, one behind the other.</summary>
internal static class DenseRow
{
    /// <summary>Writes the row behind the committed ones, or answers why not.</summary>
    public static Refusal? Write(ExampleInput.Dense dense, int features, RowBuffer rows)
    {
        if (dense.Type != ElementType.Float32)
            return new Refusal("wrong-type", $"The tensor's elements are {dense.Type}; {ElementType.Float32} is expected.");
        if (dense.Shape.Count != 1 || dense.Shape[0] != features)
            return new Refusal("wrong-shape", $"The tensor's shape is [{string.Join(", ", dense.Shape)}]; [{features}] is expected.");
        var data = dense.Data.Span;
        if (data.Length != features * sizeof(float))
            return new Refusal("wrong-shape", $"The tensor has {data.Length} bytes; its shape asks for {features * sizeof(float)}.");
        var row = rows.GetSpan(data.Length);
        data.CopyTo(row);
        foreach (var value in MemoryMarshal.Cast<byte, float>(row[..data.Length]))
        {
            if (!float.IsFinite(value))
                return new Refusal("not-finite", "A number of the tensor is NaN or infinite.");
        }

        rows.Advance(data.Length);
        return null;
    }

    /// <returns>float32, [n, features].</returns>
    /// <exception cref="InvalidDataException">A row of another size.</exception>
    public static Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, int features)
    {
        var tensor = empty(indices.Length, features, float32);
        var bytes = tensor.bytes;
        var size = features * sizeof(float);
        for (var i = 0; i < indices.Length; i++)
        {
            var payload = rows.Payload(indices[i]);
            if (payload.Length != size)
                throw new InvalidDataException($"Row {indices[i]} has {payload.Length} bytes; {size} are expected.");
            payload.CopyTo(bytes.Slice(i * size, size));
        }

        return tensor;
    }
}
