using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Kafka.Consuming;

/// <summary>Reads from a record's headers what this service wants to know, and nothing else.</summary>
internal static class RecordHeaders
{
    /// <summary>Length of <c>00-(32 hex)-(16 hex)-(2 hex)</c>; later versions may be longer.</summary>
    private const int TraceParentLength = 55;

    /// <summary>The format, and the producer's span where it was sampled. The last header of a name counts.</summary>
    public static (WireFormat Format, ActivityContext Parent) Read(Headers? headers)
    {
        var format = WireFormat.Unknown;
        ActivityContext parent = default;
        for (var i = 0; i < (headers?.Count ?? 0); i++)
        {
            var header = headers![i];
            if (header.Key == WireHeaders.Format)
                format = WireHeaders.ParseFormat(header.GetValueBytes());
            else if (header.Key == WireHeaders.TraceParent)
                parent = Sampled(header.GetValueBytes(), headers);
        }

        return (format, parent);
    }

    private static ActivityContext Sampled(byte[]? value, Headers headers)
    {
        // Most records of a traced stream are not sampled: look at the flag before making any string.
        if (value is null || value.Length < TraceParentLength || !IsOddHexDigit(value[TraceParentLength - 1]))
            return default;
        var state = headers.TryGetLastBytes(WireHeaders.TraceState, out var bytes) && bytes is not null ? Encoding.ASCII.GetString(bytes) : null;
        return ActivityContext.TryParse(Encoding.ASCII.GetString(value), state, isRemote: true, out var context)
            && context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                ? context
                : default;
    }

    /// <summary>Of the digits 0-9 and a-f, in ASCII, 1 3 5 7 9 are odd codes and b d f are even ones.</summary>
    private static bool IsOddHexDigit(byte digit) => digit <= '9' ? (digit & 1) == 1 : (digit & 1) == 0;
}
