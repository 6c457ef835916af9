using System.Globalization;

namespace HnmStreams.Configuration;

/// <summary>
/// The notation of durations in settings and on the command line: <c>500ms</c>, <c>60s</c>, <c>5m</c>, <c>2h</c>,
/// <c>1d</c> or <c>hh:mm:ss</c>. A plain number is rejected, since .NET would read it as days.
/// </summary>
public static class Duration
{
    public const string Allowed = "a duration, for example 500ms, 60s, 5m, 2h or 00:01:30";

    private static readonly (string Suffix, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];

    /// <summary>Reads a duration; returns false if the text is not one.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        var trimmed = text?.Trim() ?? "";
        if (trimmed.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out duration);
        foreach (var (suffix, seconds) in Units)
        {
            if (!trimmed.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                || !double.TryParse(trimmed.AsSpan(0, trimmed.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            {
                continue;
            }

            if (amount * seconds > TimeSpan.MaxValue.TotalSeconds / 2)
                return false;
            duration = TimeSpan.FromSeconds(amount * seconds);
            return true;
        }

        return false;
    }

    /// <summary>Returns the shortest text that <see cref="TryParse"/> reads back.</summary>
    public static string Format(TimeSpan duration)
    {
        var milliseconds = duration.TotalMilliseconds;
        if (milliseconds < 0 || milliseconds != Math.Floor(milliseconds))
            return duration.ToString("c", CultureInfo.InvariantCulture);
        if (milliseconds % 1000 != 0)
            return string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0}ms");
        var total = milliseconds / 1000;
        foreach (var (suffix, seconds) in Units.Reverse())
        {
            if (seconds >= 1 && total >= seconds && total % seconds == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{total / seconds:0}{suffix}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{total:0}s");
    }
}
