using System.Globalization;

namespace HnmStreams.Web.Dashboard.Why;

/// <summary>The position of a box over an image. Pure.</summary>
internal static class BoxStyle
{
    /// <summary>Returns the style of a box whose sides are shares of the image.</summary>
    public static string Of(double left, double top, double right, double bottom) => string.Create(
        CultureInfo.InvariantCulture,
        $"left: {100 * left:0.##}%; top: {100 * top:0.##}%; width: {100 * (right - left):0.##}%; height: {100 * (bottom - top):0.##}%");
}
