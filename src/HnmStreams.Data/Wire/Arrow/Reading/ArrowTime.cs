using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Arrow.Messages;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Arrow.Reading;

/// <summary>The event time of a row.</summary>
internal static class ArrowTime
{
    private const int Day = 0;
    private const int MaxTextBytes = 64;
    private static readonly Rejection OutOfRange = Rejection.Malformed("The event time must be in the years 1 to 9999.");
    private static readonly Rejection NotATime = Rejection.Malformed("The event time must be an ISO 8601 time such as 2026-11-23T10:00:00Z.");

    /// <summary>Reads the time; null if the row or the record has none.</summary>
    public static Rejection? Read(ArrowColumn? column, ReadOnlySpan<byte> record, int row, out DateTimeOffset? time)
    {
        time = null;
        if (column is null || column.IsNull(record, row))
            return null;
        if (column.Values.IsUtf8)
            return ReadText(column, record, row, out time);
        var value = (Int128)column.Integer(record, row);
        var ticks = (column.Type, column.Unit) switch
        {
            (ArrowType.Date, Day) => value * TimeSpan.TicksPerDay,
            (ArrowType.Date, _) => value * TimeSpan.TicksPerMillisecond,
            (_, 0) => value * TimeSpan.TicksPerSecond,
            (_, 1) => value * TimeSpan.TicksPerMillisecond,
            (_, 2) => value * TimeSpan.TicksPerMicrosecond,
            // Rounded down, as the other formats do.
            _ => (value - (((value % TimeSpan.NanosecondsPerTick) + TimeSpan.NanosecondsPerTick) % TimeSpan.NanosecondsPerTick)) / TimeSpan.NanosecondsPerTick,
        };
        ticks += DateTimeOffset.UnixEpoch.Ticks;
        if (ticks < DateTimeOffset.MinValue.Ticks || ticks > DateTimeOffset.MaxValue.Ticks)
            return OutOfRange;
        time = new DateTimeOffset((long)ticks, TimeSpan.Zero);
        return null;
    }

    private static Rejection? ReadText(ArrowColumn column, ReadOnlySpan<byte> record, int row, out DateTimeOffset? time)
    {
        time = null;
        if (ArrowStrings.Find(column, record, row, out var start, out var length, out var found) is { } invalid)
            return invalid;
        if (!found)
            return null;
        Span<char> text = stackalloc char[MaxTextBytes];
        if (length > MaxTextBytes || !Encoding.UTF8.TryGetChars(record.Slice(start, length), text, out var characters)
            || !IsoTimes.TryParse(text[..characters], out var parsed))
        {
            return NotATime;
        }

        time = parsed;
        return null;
    }
}
