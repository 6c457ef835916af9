using System.Globalization;

namespace HnmStreams.Data.Readers;

/// <summary>Parsing and formatting of numbers in data files: without thousands separators, with a point unless another separator is given.</summary>
internal static class NumberParser
{
    private static readonly NumberFormatInfo Point = CultureInfo.InvariantCulture.NumberFormat;
    private static readonly NumberFormatInfo Comma = new() { NumberDecimalSeparator = ",", NumberGroupSeparator = "." };

    /// <summary>Returns the format of numbers with the decimal separator <c>.</c> or <c>,</c>.</summary>
    public static NumberFormatInfo FormatOf(char separator) => separator == ',' ? Comma : Point;

    public static bool TryParseFinite(ReadOnlySpan<char> text, out double number) => TryParseFinite(text, Point, out number);

    public static bool TryParseFinite(ReadOnlySpan<char> text, NumberFormatInfo format, out double number) =>
        double.TryParse(text, NumberStyles.Float, format, out number) && double.IsFinite(number);

    /// <summary>Parses a number that is finite as a float.</summary>
    public static bool TryParseFinite(ReadOnlySpan<char> text, out float number) => TryParseFinite(text, Point, out number);

    /// <inheritdoc cref="TryParseFinite(ReadOnlySpan{char}, out float)"/>
    public static bool TryParseFinite(ReadOnlySpan<char> text, NumberFormatInfo format, out float number) =>
        float.TryParse(text, NumberStyles.Float, format, out number) && float.IsFinite(number);

    public static bool TryParseIndex(ReadOnlySpan<char> text, out int index) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);

    public static string Format(int number) => number.ToString(CultureInfo.InvariantCulture);
}
