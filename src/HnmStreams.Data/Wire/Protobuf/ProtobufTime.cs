using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>
/// A reader of google.protobuf.Timestamp: seconds since 1970 and nanoseconds, for the years 1 to 9999. Nanoseconds are
/// truncated to multiples of 100.
/// </summary>
internal static class ProtobufTime
{
    private static readonly Rejection OutOfRange = Rejection.Malformed("The event time must be a timestamp of the years 1 to 9999.");

    public static Rejection? Read(ReadOnlySpan<byte> timestamp, out DateTimeOffset? time)
    {
        time = null;
        var reader = new ProtobufReader(timestamp);
        long seconds = 0;
        long nanoseconds = 0;
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var field, out var type))
                return OutOfRange;
            if (type != ProtobufType.Varint)
            {
                if (!reader.TrySkip(type))
                    return OutOfRange;
                continue;
            }

            if (!reader.TryVarint(out var value))
                return OutOfRange;
            if (field == 1)
                seconds = (long)value;
            else if (field == 2)
                nanoseconds = (int)value;
        }

        var inRange = seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && nanoseconds is >= 0 and <= 999_999_999;
        if (!inRange)
            return OutOfRange;
        time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return null;
    }
}
