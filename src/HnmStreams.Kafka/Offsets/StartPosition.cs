using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace HnmStreams.Kafka.Offsets;

/// <summary>Where a run starts in partitions for which no position is known.</summary>
public abstract record StartPosition
{
    private StartPosition()
    {
    }

    /// <summary>The oldest record that the broker still has.</summary>
    public sealed record Earliest : StartPosition;

    /// <summary>Only what is written after the consumer has found the end.</summary>
    public sealed record Latest : StartPosition;

    /// <summary>This offset in every partition, moved into the range that the partition has.</summary>
    public sealed record AtOffset(long Offset) : StartPosition;

    /// <summary>The first record at or after this time, by the broker's timestamps; the end where there is none.</summary>
    public sealed record AtTime(DateTimeOffset Time) : StartPosition;

    /// <summary>
    /// Reads <c>earliest</c>, <c>latest</c>, an offset (0 or more) or an ISO-8601 time (UTC where it names no zone).
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out StartPosition? position, [NotNullWhen(false)] out string? error)
    {
        error = null;
        position = null;
        var trimmed = text?.Trim() ?? "";
        if (trimmed.Equals("earliest", StringComparison.OrdinalIgnoreCase))
            position = new Earliest();
        else if (trimmed.Equals("latest", StringComparison.OrdinalIgnoreCase))
            position = new Latest();
        else if (long.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            position = new AtOffset(offset);
        else if (LooksLikeTime(trimmed) && DateTimeOffset.TryParse(trimmed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            position = new AtTime(time);
        else
            error = $"'{text}' is no place to start: give earliest, latest, an offset (0 or more), or an ISO-8601 time such as 2026-01-31T08:00:00Z";
        return position is not null;
    }

    /// <summary>DateTimeOffset reads much that is not ISO 8601 ("5/6", "May"); a year of four digits and a dash rule that out.</summary>
    private static bool LooksLikeTime(string text) =>
        text.Length >= 10 && text[4] == '-' && text[7] == '-' && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0;
}
