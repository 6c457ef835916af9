using System.Globalization;

namespace HnmStreams.Tasks.Detection;

/// <summary>
/// An anchor shape, in pixels of the network's input, at each position of one map. Written
/// <c>stride:WIDTHxHEIGHT</c>, for example <c>16:51.5x49.5</c>.
/// </summary>
internal readonly record struct AnchorShape(int Stride, float Width, float Height)
{
    /// <returns>False if the text has another form, the network has no map of this stride, or a side is not above 0 and at most 4096.</returns>
    public static bool TryParse(string? text, out AnchorShape shape)
    {
        shape = default;
        if (text?.Split(':') is not [var stride, var size] || size.Split('x') is not [var width, var height])
            return false;
        shape = new AnchorShape(
            int.TryParse(stride, NumberStyles.None, CultureInfo.InvariantCulture, out var s) ? s : 0, Side(width), Side(height));
        return shape is { Stride: 8 or 16, Width: > 0 and <= 4096, Height: > 0 and <= 4096 };
    }

    private static float Side(string text) =>
        float.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var side) ? side : 0;
}
