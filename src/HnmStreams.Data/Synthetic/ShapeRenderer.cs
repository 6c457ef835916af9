using System.Numerics;

namespace HnmStreams.Data.Synthetic;

/// <summary>The appearance of a shape: brightness of background, noise and line, each 0 to 255, and half the line width in pixels.</summary>
internal readonly record struct Pen(float Background, float Noise, float Line, float HalfWidth);

/// <summary>Draws a shape into a gray image, one row of vectors at a time.</summary>
internal static class ShapeRenderer
{
    private static readonly float[] Columns = [.. Enumerable.Range(0, 512).Select(static x => x + 0.5f)];

    /// <param name="image">size x size bytes of uniform noise, replaced by the image.</param>
    public static void Draw<TShape>(Span<byte> image, int size, in TShape shape, Pen pen)
        where TShape : struct, IShape
    {
        var stride = (size + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        Span<float> row = stackalloc float[stride];
        var reach = new Vector<float>(pen.HalfWidth + 0.5f);
        var noise = pen.Noise / 255f;
        for (var y = 0; y < size; y++)
        {
            var height = new Vector<float>(y + 0.5f);
            for (var x = 0; x < stride; x += Vector<float>.Count)
            {
                // The coverage of a pixel falls from 1 to 0 over the one pixel around the edge of the line.
                var distance = shape.Distance(new Vector<float>(Columns.AsSpan(x)), height);
                var coverage = Vector.Min(Vector.Max(reach - distance, Vector<float>.Zero), Vector<float>.One);
                ((coverage * pen.Line) + new Vector<float>(pen.Background)).CopyTo(row[x..]);
            }

            var pixels = image.Slice(y * size, size);
            for (var x = 0; x < pixels.Length; x++)
                pixels[x] = (byte)Math.Min((int)(row[x] + (pixels[x] * noise)), 255);
        }
    }
}
