using System.Globalization;

namespace HnmStreams.Data.Wire.Values;

/// <summary>Parsing of ISO 8601 times in files and on the wire.</summary>
internal static class IsoTimes
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK",
        "yyyy/MM/dd", "yyyy/MM/dd HH:mm:ss.FFFFFFFK", "yyyy/MM/dd HH:mmK",
    ];

    /// <summary>
    /// Parses a time whose year comes first; UTC if it has no offset. Dates such as 01/02/2026 are ambiguous and rejected.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
