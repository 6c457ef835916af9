using System.Globalization;

namespace HnmStreams.Data.Readers;

/// <summary>Parsing and formatting of numbers in data files: invariant culture, without thousands separators.</summary>
internal static class NumberParser
{
    public static bool TryParseFinite(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>Parses a number that is finite as a float.</summary>
    public static bool TryParseFinite(ReadOnlySpan<char> text, out float number) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && float.IsFinite(number);

    public static bool TryParseIndex(ReadOnlySpan<char> text, out int index) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);

    public static string Format(int number) => number.ToString(CultureInfo.InvariantCulture);
}
