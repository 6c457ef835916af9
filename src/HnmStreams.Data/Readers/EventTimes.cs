using HnmStreams.Data.Options;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Readers;

/// <summary>Parsing of event times in data files.</summary>
internal static class EventTimes
{
    public const string Allowed = "a time such as 2026-11-23T10:00:00Z (ISO 8601, year first: 01/02/2026 is ambiguous), or a number since 1970 in the unit data.columns.timeUnit";

    private const double MaxTicks = 3_155_378_975_999_999_999;

    /// <summary>Parses an ISO 8601 time (UTC if it has no offset), or a number since 1970, with fractions, up to the year 9999.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, TimeUnit unit, out DateTimeOffset time)
    {
        // A decimal keeps every nanosecond; a double does not.
        if (decimal.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            var known = number >= 0 && (double)number * TicksOf(unit) <= MaxTicks - DateTimeOffset.UnixEpoch.Ticks;
            time = known ? DateTimeOffset.UnixEpoch.AddTicks((long)(number * (decimal)TicksOf(unit))) : default;
            return known;
        }

        time = default;
        return !NumberParser.TryParseFinite(text, out double _) && IsoTimes.TryParse(text, out time);
    }

    private static double TicksOf(TimeUnit unit) => unit switch
    {
        TimeUnit.Ms => TimeSpan.TicksPerMillisecond,
        TimeUnit.Us => TimeSpan.TicksPerMicrosecond,
        TimeUnit.Ns => 1.0 / TimeSpan.NanosecondsPerTick,
        _ => TimeSpan.TicksPerSecond,
    };
}
