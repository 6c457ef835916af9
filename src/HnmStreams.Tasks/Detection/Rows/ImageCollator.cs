using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images;
using HnmStreams.Torch.Networks.Images;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Detection.Rows;

/// <summary>A converter of rows into a normalized tensor with channels-last strides, each image as it is or mirrored.</summary>
internal sealed class ImageCollator(int height, int width)
{
    // (byte - 127.5) / 64, which is about -2 to 2.
    private const float Scale = 1 / 64f, Offset = -127.5f / 64f;

    public int PixelBytes { get; } = height * width * 3;

    /// <param name="mirrorings">One per index, or empty to mirror nothing.</param>
    /// <returns>[n, 3, height, width].</returns>
    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, ReadOnlySpan<Mirroring> mirrorings)
    {
        var tensor = empty(indices.Length, height, width, 3);
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var reversed = new byte[width * 3];
        for (var i = 0; i < indices.Length; i++)
        {
            var pixels = DetectionRow.Pixels(rows, indices[i], PixelBytes);
            var into = values.Slice(i * PixelBytes, PixelBytes);
            var mirroring = mirrorings.IsEmpty ? default : mirrorings[i];
            if (mirroring == default)
            {
                PixelCollator.Normalize(pixels, into, Scale, Offset);
                continue;
            }

            for (var y = 0; y < height; y++)
            {
                var line = pixels.Slice((mirroring.Vertical ? height - 1 - y : y) * reversed.Length, reversed.Length);
                if (mirroring.Horizontal)
                {
                    Reverse(line, reversed);
                    line = reversed;
                }

                PixelCollator.Normalize(line, into.Slice(y * reversed.Length, reversed.Length), Scale, Offset);
            }
        }

        return ChannelsLast.View(tensor);
    }

    private static void Reverse(ReadOnlySpan<byte> line, Span<byte> reversed)
    {
        for (var (from, to) = (0, reversed.Length - 3); to >= 0; (from, to) = (from + 3, to - 3))
            line.Slice(from, 3).CopyTo(reversed[to..]);
    }
}
