using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace HnmStreams.Data.Wire.Arrow.Writing;

/// <summary>The column of event times: timestamps in microseconds, or ISO 8601 if these would lose digits.</summary>
internal static class ArrowTimes
{
    public static IArrowArray Of(IReadOnlyList<DateTimeOffset?> times)
    {
        if (times.Any(static time => time is { } t && t.UtcTicks % TimeSpan.TicksPerMicrosecond != 0))
            return ArrowEncoder.Strings(times.Select(static time => time?.ToString("O", CultureInfo.InvariantCulture)));
        var builder = new TimestampArray.Builder(new TimestampType(TimeUnit.Microsecond, "UTC"));
        foreach (var time in times)
        {
            if (time is { } value)
                builder.Append(value);
            else
                builder.AppendNull();
        }

        return builder.Build();
    }
}
