using System.Numerics;
using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Images;

/// <summary>A converter of rows of bytes into a normalized float tensor, in one pass into the tensor's memory.</summary>
/// <param name="size">The number of bytes per row.</param>
/// <param name="mean">The mean, as a fraction of full brightness.</param>
/// <param name="deviation">The standard deviation, as a fraction of full brightness.</param>
/// <param name="input">Returns the pixels of a row if the row holds more than these; null if it does not.</param>
internal sealed class PixelCollator(int size, float mean, float deviation, RowInput? input = null)
{
    private readonly float _scale = 1 / (255 * deviation);
    private readonly float _offset = -mean / deviation;

    /// <returns>[n, size], contiguous.</returns>
    /// <exception cref="InvalidDataException">A row has another size, so it was not written by this task's encoder.</exception>
    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        var tensor = empty(indices.Length, size, float32);
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        for (var i = 0; i < indices.Length; i++)
        {
            var payload = input is null ? rows.Payload(indices[i]) : input(rows.Payload(indices[i]));
            if (payload.Length != size)
                throw new InvalidDataException($"Row {indices[i]} must have {size} bytes but has {payload.Length}.");
            Normalize(payload, values.Slice(i * size, size), _scale, _offset);
        }

        return tensor;
    }

    /// <summary>Writes byte * scale + offset for each byte. The result is the same for elements inside and after the vectors.</summary>
    internal static void Normalize(ReadOnlySpan<byte> pixels, Span<float> values, float scale, float offset)
    {
        var bytes = MemoryMarshal.Cast<byte, Vector<byte>>(pixels);
        var floats = MemoryMarshal.Cast<float, Vector<float>>(values);
        var (scales, offsets) = (new Vector<float>(scale), new Vector<float>(offset));
        for (var i = 0; i < bytes.Length; i++)
        {
            Vector.Widen(bytes[i], out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            var four = floats.Slice(4 * i, 4);
            four[0] = (Vector.ConvertToSingle(Vector.AsVectorInt32(a)) * scales) + offsets;
            four[1] = (Vector.ConvertToSingle(Vector.AsVectorInt32(b)) * scales) + offsets;
            four[2] = (Vector.ConvertToSingle(Vector.AsVectorInt32(c)) * scales) + offsets;
            four[3] = (Vector.ConvertToSingle(Vector.AsVectorInt32(d)) * scales) + offsets;
        }

        for (var i = bytes.Length * Vector<byte>.Count; i < pixels.Length; i++)
            values[i] = (pixels[i] * scale) + offset;
    }
}
