using System.Globalization;

namespace HnmStreams.Web.Formatting;

/// <summary>Conversion of floating-point values for JSON, which has neither NaN nor infinity.</summary>
internal static class Finite
{
    /// <summary>Returns the value, or null if it is not finite.</summary>
    public static double? OrNull(double value) => double.IsFinite(value) ? value : null;

    /// <summary>Returns the value with the digits of a float (0.1, not 0.10000000149), or null if it is not finite.</summary>
    public static double? OrNull(float value) =>
        float.IsFinite(value) ? double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;
}
