using System.Numerics;
using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Images;

/// <summary>Turns rows of bytes into a normalised float tensor, in one pass straight into the tensor's own memory.</summary>
/// <param name="size">Bytes of a row.</param>
/// <param name="mean">In parts of full brightness.</param>
/// <param name="deviation">In parts of full brightness.</param>
internal sealed class PixelCollator(int size, float mean, float deviation)
{
    private readonly float _scale = 1 / (255 * deviation);
    private readonly float _offset = -mean / deviation;

    /// <returns>[n, size], contiguous.</returns>
    /// <exception cref="InvalidDataException">A row of another size: it was not this task's encoder that wrote it.</exception>
    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        var tensor = empty(indices.Length, size, float32);
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        for (var i = 0; i < indices.Length; i++)
        {
            var payload = rows.Payload(indices[i]);
            if (payload.Length != size)
                throw new InvalidDataException($"Row {indices[i]} has {payload.Length} bytes; {size} are expected.");
            Normalise(payload, values.Slice(i * size, size), _scale, _offset);
        }

        return tensor;
    }

    /// <summary>value = byte * scale + offset, the same for every place in the row, in vectors or behind them.</summary>
    internal static void Normalise(ReadOnlySpan<byte> pixels, Span<float> values, float scale, float offset)
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
