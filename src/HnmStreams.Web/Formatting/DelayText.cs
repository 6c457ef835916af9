using System.Globalization;

namespace HnmStreams.Web.Formatting;

/// <summary>Durations and ranges of durations in words, for people who do not read 1.02:00:00.</summary>
internal static class DelayText
{
    /// <summary>Formats a duration in its largest fitting unit: 12 seconds, 3.5 hours, 1 day.</summary>
    public static string Of(TimeSpan duration) => duration.Duration() switch
    {
        { TotalSeconds: < 60 } d => Unit(d.TotalSeconds, "second"),
        { TotalMinutes: < 60 } d => Unit(d.TotalMinutes, "minute"),
        { TotalHours: < 24 } d => Unit(d.TotalHours, "hour"),
        var d => Unit(d.TotalDays, "day"),
    };

    /// <summary>Formats the range of times after which a label came.</summary>
    /// <param name="to">The end of the range; null if it has none.</param>
    public static string Of(TimeSpan from, TimeSpan? to) => to is null ? $"labeled after more than {Of(from)}"
        : from <= TimeSpan.Zero ? $"labeled within {Of(to.Value)}"
        : $"labeled after {Of(from)} to {Of(to.Value)}";

    private static string Unit(double value, string unit)
    {
        var rounded = value < 10 ? Math.Round(value, 1) : Math.Round(value);
        return string.Create(CultureInfo.InvariantCulture, $"{rounded:0.#} {unit}{(rounded == 1 ? "" : "s")}");
    }
}
