using System.Globalization;

namespace HnmStreams.Data.Readers;

/// <summary>Times as files write them.</summary>
internal static class EventTimes
{
    public const string Allowed = "a time such as 2026-11-23T10:00:00Z (ISO 8601), or seconds since a beginning";

    // Beyond the year 9999 .NET has no time.
    private const double MostSeconds = 253_402_300_799;

    /// <summary>ISO 8601 (without a zone: UTC), or a number: seconds, fractions allowed, counted from 1970.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        if (NumberParser.TryParseFinite(text, out double seconds))
        {
            var known = seconds is >= 0 and <= MostSeconds;
            time = known ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : default;
            return known;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }
}
