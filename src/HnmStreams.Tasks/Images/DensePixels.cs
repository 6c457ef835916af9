using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Torch;

namespace HnmStreams.Tasks.Images;

/// <summary>Pictures that come as a tensor of bytes, plane by plane; they are stored pixel by pixel.</summary>
internal static class DensePixels
{
    public static Refusal? Encode(ExampleInput.Dense input, ImageShape shape, RowBuffer rows)
    {
        if (input.Type != ElementType.UInt8)
            return new Refusal("wrong-type", $"The tensor's elements are {input.Type}; {ElementType.UInt8} is expected.");
        if (!shape.Matches(input.Shape))
            return new Refusal("wrong-shape", $"The tensor's shape is [{string.Join(", ", input.Shape)}]; {shape} is expected, and pictures are not resized.");
        if (input.Data.Length != shape.Bytes)
            return new Refusal("wrong-shape", $"The tensor has {input.Data.Length} bytes; its shape asks for {shape.Bytes}.");
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
