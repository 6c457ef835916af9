using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Readers;

/// <summary>Parsing of event times in data files.</summary>
internal static class EventTimes
{
    public const string Allowed = "a time such as 2026-11-23T10:00:00Z (ISO 8601, year first: 01/02/2026 is ambiguous), or seconds since 1970";

    // DateTimeOffset ends with the year 9999.
    private const double MaxSeconds = 253_402_300_799;

    /// <summary>Parses an ISO 8601 time (UTC if it has no offset), or a number of seconds since 1970, with fractions.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        if (NumberParser.TryParseFinite(text, out double seconds))
        {
            var known = seconds is >= 0 and <= MaxSeconds;
            time = known ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : default;
            return known;
        }

        return IsoTimes.TryParse(text, out time);
    }
}
