using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Images;

/// <summary>A decoder of images that are sent as a tensor of bytes, plane by plane. Rows store them pixel by pixel.</summary>
internal static class DensePixels
{
    public static Rejection? Encode(in InputView input, ImageShape shape, RowBuffer rows)
    {
        if (input.ElementType != ElementType.UInt8)
            return new Rejection(RejectionReasons.WrongType, $"The tensor's elements must be {ElementType.UInt8} but are {input.ElementType}.");
        if (!shape.Matches(input.Shape))
            return new Rejection(RejectionReasons.WrongShape, $"The tensor's shape must be {shape} but is [{string.Join(", ", input.Shape)}]; resize it before it is sent, or set task.images.resize for the task images.");
        if (input.Data.Length != shape.Bytes)
            return new Rejection(RejectionReasons.WrongShape, $"The tensor must have {shape.Bytes} bytes for its shape but has {input.Data.Length}.");
        var pixels = rows.GetSpan(shape.Bytes);
        Interleave(input.Data.Span, shape, pixels);
        rows.Advance(shape.Bytes);
        return null;
    }

    private static void Interleave(ReadOnlySpan<byte> planes, ImageShape shape, Span<byte> pixels)
    {
        if (shape.Channels == 1)
        {
            planes.CopyTo(pixels);
            return;
        }

        var area = shape.Height * shape.Width;
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            var plane = planes.Slice(channel * area, area);
            for (var i = 0; i < area; i++)
                pixels[(i * shape.Channels) + channel] = plane[i];
        }
    }
}
