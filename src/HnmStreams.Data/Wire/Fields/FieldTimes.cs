using System.Text;
using HnmStreams.Data.Options;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Fields;

/// <summary>Conversion of fields to times.</summary>
internal static class FieldTimes
{
    public const string Allowed = "a time such as 2026-11-23T10:00:00Z (ISO 8601, year first), or a number since 1970 (wire.fields.timeUnit) up to the year 9999";

    private const int MaxTextBytes = 64;

    public static FieldUnit Of(TimeUnit unit) => unit switch
    {
        TimeUnit.Ms => FieldUnit.Milliseconds,
        TimeUnit.Us => FieldUnit.Microseconds,
        TimeUnit.Ns => FieldUnit.Nanoseconds,
        _ => FieldUnit.Seconds,
    };

    /// <summary>Converts a text (ISO 8601) or a number.</summary>
    /// <param name="unit">The unit of numbers whose schema declares none.</param>
    public static bool TryConvert(in FieldValue value, FieldUnit unit, out DateTimeOffset time)
    {
        time = default;
        switch (value.Kind)
        {
            case FieldKind.Text when value.Bytes.Length <= MaxTextBytes:
                Span<char> text = stackalloc char[MaxTextBytes];
                return Encoding.UTF8.TryGetChars(value.Bytes.Span, text, out var length) && IsoTimes.TryParse(text[..length], out time);
            case FieldKind.Integer:
                var (factor, divisor) = TicksOf(value.Unit == FieldUnit.None ? unit : value.Unit);
                return TryTicks(value.Integer * factor / divisor, out time);
            case FieldKind.Number:
                var (times, over) = TicksOf(unit);
                var ticks = value.Number * (double)times / (double)over;
                return Math.Abs(ticks) < long.MaxValue && TryTicks((Int128)ticks, out time);
            default:
                return false;
        }
    }

    private static bool TryTicks(Int128 ticks, out DateTimeOffset time)
    {
        ticks += DateTimeOffset.UnixEpoch.Ticks;
        var inRange = ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks;
        time = inRange ? new DateTimeOffset((long)ticks, TimeSpan.Zero) : default;
        return inRange;
    }

    private static (Int128 Factor, Int128 Divisor) TicksOf(FieldUnit unit) => unit switch
    {
        FieldUnit.Days => (TimeSpan.TicksPerDay, 1),
        FieldUnit.Milliseconds => (TimeSpan.TicksPerMillisecond, 1),
        FieldUnit.Microseconds => (TimeSpan.TicksPerMicrosecond, 1),
        FieldUnit.Nanoseconds => (1, TimeSpan.NanosecondsPerTick),
        _ => (TimeSpan.TicksPerSecond, 1),
    };
}
