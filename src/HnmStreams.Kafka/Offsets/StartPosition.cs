using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace HnmStreams.Kafka.Offsets;

/// <summary>The start of a run in partitions for which no position is known.</summary>
public abstract record StartPosition
{
    private StartPosition()
    {
    }

    /// <summary>The oldest record that the broker has.</summary>
    public sealed record Earliest : StartPosition;

    /// <summary>The end of the partition at the time of the start: only newer records are read.</summary>
    public sealed record Latest : StartPosition;

    /// <summary>The same offset in every partition, clamped to the range of offsets that the partition has.</summary>
    public sealed record AtOffset(long Offset) : StartPosition;

    /// <summary>The first record at or after a time, according to the record timestamps, or the end if there is no such record.</summary>
    public sealed record AtTime(DateTimeOffset Time) : StartPosition;

    /// <summary>The committed offset of the group, or another start in partitions without one. It applies to each assignment, because other members of the group may have read on.</summary>
    public sealed record Committed(StartPosition Otherwise) : StartPosition;

    /// <summary>
    /// Parses <c>earliest</c>, <c>latest</c>, an offset (0 or more) or an ISO 8601 time (UTC if it has no zone).
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
            error = $"The start position must be earliest, latest, an offset (0 or more) or an ISO 8601 time such as 2026-01-31T08:00:00Z, but is '{text}'.";
        return position is not null;
    }

    /// <summary>True if the text starts like an ISO 8601 date. DateTimeOffset also parses other forms ("5/6", "May").</summary>
    private static bool LooksLikeTime(string text) =>
        text.Length >= 10 && text[4] == '-' && text[7] == '-' && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0;
}
