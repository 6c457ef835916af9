using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images;
using HnmStreams.Torch.Networks.Images;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Detection;

/// <summary>Rows to a normalised tensor with channels-last strides, each picture as it is or mirrored.</summary>
internal sealed class PictureCollator(int height, int width)
{
    // Bytes less 127.5, over 64: about -2 to 2.
    private const float Scale = 1 / 64f, Offset = -127.5f / 64f;

    public int PixelBytes { get; } = height * width * 3;

    /// <param name="mirrorings">One for each index, or none at all.</param>
    /// <returns>[n, 3, height, width].</returns>
    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, ReadOnlySpan<Mirroring> mirrorings)
    {
        var tensor = empty(indices.Length, height, width, 3);
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var turned = new byte[width * 3];
        for (var i = 0; i < indices.Length; i++)
        {
            var pixels = DetectionRow.Pixels(rows, indices[i], PixelBytes);
            var into = values.Slice(i * PixelBytes, PixelBytes);
            var mirroring = mirrorings.IsEmpty ? default : mirrorings[i];
            if (mirroring == default)
            {
                PixelCollator.Normalise(pixels, into, Scale, Offset);
                continue;
            }

            for (var y = 0; y < height; y++)
            {
                var line = pixels.Slice((mirroring.Down ? height - 1 - y : y) * turned.Length, turned.Length);
                if (mirroring.Across)
                {
                    Turn(line, turned);
                    line = turned;
                }

                PixelCollator.Normalise(line, into.Slice(y * turned.Length, turned.Length), Scale, Offset);
            }
        }

        return ChannelsLast.View(tensor);
    }

    private static void Turn(ReadOnlySpan<byte> line, Span<byte> turned)
    {
        for (var (from, to) = (0, turned.Length - 3); to >= 0; (from, to) = (from + 3, to - 3))
            line.Slice(from, 3).CopyTo(turned[to..]);
    }
}
