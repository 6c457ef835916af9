using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace HnmStreams.Tasks.Encoders;

/// <summary>
/// The form in which features are stored: float32, float16, or int8 with one float32 scale per row (the largest magnitude / 127).
/// Immutable.
/// </summary>
internal sealed class FeatureFormat
{
    private const float LargestInt8 = 127;

    private readonly string _storage;
    private readonly int _width;

    /// <param name="storage"><c>float32</c>, <c>float16</c> or <c>int8</c>.</param>
    /// <param name="width">The number of features per row.</param>
    public FeatureFormat(string storage, int width)
    {
        (_storage, _width) = (storage, width);
        Bytes = storage switch
        {
            "float32" => width * sizeof(float),
            "float16" => width * sizeof(ushort),
            _ => sizeof(float) + width,
        };
    }

    /// <summary>The number of bytes per row.</summary>
    public int Bytes { get; }

    /// <summary>Writes features, which are finite.</summary>
    public void Write(ReadOnlySpan<float> features, Span<byte> row)
    {
        switch (_storage)
        {
            case "float32":
                MemoryMarshal.AsBytes(features).CopyTo(row);
                break;
            case "float16":
                TensorPrimitives.ConvertToHalf(features, MemoryMarshal.Cast<byte, Half>(row));
                break;
            default:
                var scale = TensorPrimitives.MaxMagnitude(features) is var largest && Math.Abs(largest) > 0 ? Math.Abs(largest) / LargestInt8 : 1;
                MemoryMarshal.Write(row, scale);
                for (var i = 0; i < features.Length; i++)
                    row[sizeof(float) + i] = (byte)(sbyte)MathF.Round(features[i] / scale);
                break;
        }
    }

    /// <summary>Reads the features of a row.</summary>
    /// <exception cref="InvalidDataException">The row has another length.</exception>
    public void Read(ReadOnlySpan<byte> row, Span<float> features)
    {
        if (row.Length != Bytes)
            throw new InvalidDataException($"The row must have {Bytes} bytes, {_width} features as {_storage}, but has {row.Length}: it was written with another encoder or 'task.encoder.storage'.");
        switch (_storage)
        {
            case "float32":
                MemoryMarshal.Cast<byte, float>(row).CopyTo(features);
                break;
            case "float16":
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(row), features);
                break;
            default:
                var scale = MemoryMarshal.Read<float>(row);
                for (var i = 0; i < features.Length; i++)
                    features[i] = (sbyte)row[sizeof(float) + i] * scale;
                break;
        }
    }
}
