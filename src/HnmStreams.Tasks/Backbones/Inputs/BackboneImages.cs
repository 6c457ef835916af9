using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Encoders;
using HnmStreams.Tasks.Encoders.Inputs;
using HnmStreams.Torch.Networks.Images;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Backbones.Inputs;

/// <summary>Images of any size as normalized pixels.</summary>
internal sealed class BackboneImages(PixelRows images) : IBackboneInput
{
    private const int MaxPixelsPerPass = 8 * 224 * 224;

    public string RowFormat => $"backbone {images.Description}";

    public string Preprocessing => $"float32 [n, {images.Shape.Channels}, {images.Shape.Height}, {images.Shape.Width}]: (byte / 255 - mean) / deviation per channel: {images.Description}.";

    public int RowsPerPass => Math.Clamp(MaxPixelsPerPass / (images.Shape.Height * images.Shape.Width), 1, 256);

    public bool IsDense => true;

    public Rejection? Write(in InputView input, RowBuffer rows) => images.Write(input, rows);

    /// <returns>[n, channels, height, width] with channels-last strides.</returns>
    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, RowInput part)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var shape = images.Shape;
        var pixels = empty(indices.Length, shape.Height, shape.Width, shape.Channels);
        var numbers = MemoryMarshal.Cast<byte, float>(pixels.bytes);
        for (var i = 0; i < indices.Length; i++)
        {
            EncodedRow.Split(part(rows.Payload(indices[i])), out var body, out _);
            images.Normalize(body, numbers.Slice(i * shape.Bytes, shape.Bytes), isPlanar: false);
        }

        return ChannelsLast.View(pixels);
    }

    public Tensor TrialInput(int rows) => ChannelsLast.View(zeros(rows, images.Shape.Height, images.Shape.Width, images.Shape.Channels));

    public RowPreview View(ReadOnlySpan<byte> row)
    {
        EncodedRow.Split(row, out var body, out var preview);
        images.Check(body);
        return images.View(preview);
    }
}
