using System.Globalization;
using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tabular;

/// <summary>The layout of a row of numbers without names: float32, little-endian, adjacent.</summary>
internal static class DenseRow
{
    /// <summary>Writes the row after the committed rows, or returns the rejection.</summary>
    public static Rejection? Write(in InputView dense, int features, RowBuffer rows)
    {
        if (dense.ElementType != ElementType.Float32)
            return new Rejection(RejectionReasons.WrongType, $"The tensor's elements must be {ElementType.Float32} but are {dense.ElementType}.");
        if (dense.Shape.Count != 1 || dense.Shape[0] != features)
            return new Rejection(RejectionReasons.WrongShape, $"The tensor's shape must be [{features}] but is [{string.Join(", ", dense.Shape)}].");
        var data = dense.Data.Span;
        if (data.Length != features * sizeof(float))
            return new Rejection(RejectionReasons.WrongShape, $"The tensor must have {features * sizeof(float)} bytes for its shape but has {data.Length}.");
        var row = rows.GetSpan(data.Length);
        data.CopyTo(row);
        foreach (var value in MemoryMarshal.Cast<byte, float>(row[..data.Length]))
        {
            if (!float.IsFinite(value))
                return new Rejection(RejectionReasons.NotFinite, "The tensor's numbers must be finite.");
        }

        rows.Advance(data.Length);
        return null;
    }

    /// <summary>Returns the values with their numbers as names, from 1.</summary>
    /// <exception cref="InvalidDataException">The payload is not a row of float32 values.</exception>
    public static IReadOnlyList<RowFeature> Features(ReadOnlySpan<byte> payload)
    {
        if (payload.Length % sizeof(float) != 0)
            throw new InvalidDataException($"The row must have a multiple of {sizeof(float)} bytes but has {payload.Length}.");
        var values = MemoryMarshal.Cast<byte, float>(payload);
        var features = new RowFeature[values.Length];
        for (var i = 0; i < values.Length; i++)
            features[i] = new RowFeature(string.Create(CultureInfo.InvariantCulture, $"value {i + 1}"), values[i].ToString("G4", CultureInfo.InvariantCulture));
        return features;
    }

    /// <returns>float32, [n, features].</returns>
    /// <exception cref="InvalidDataException">A row has another size.</exception>
    public static Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, int features)
    {
        var tensor = empty(indices.Length, features, float32);
        var bytes = tensor.bytes;
        var size = features * sizeof(float);
        for (var i = 0; i < indices.Length; i++)
        {
            var payload = rows.Payload(indices[i]);
            if (payload.Length != size)
                throw new InvalidDataException($"Row {indices[i]} must have {size} bytes but has {payload.Length}.");
            payload.CopyTo(bytes.Slice(i * size, size));
        }

        return tensor;
    }
}
