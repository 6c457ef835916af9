using System.Buffers;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Kafka.Consuming.Chunks;

/// <summary>A reader of the record headers that this service uses. All other headers are ignored.</summary>
internal static class RecordHeaders
{
    /// <summary>The length of a version 00 <c>traceparent</c>, <c>00-(32 hex)-(16 hex)-(2 hex)</c> (W3C Trace Context, section 3.2). Later versions may be longer.</summary>
    private const int TraceParentLength = 55;

    /// <summary>
    /// Returns the wire format, the producer's span if it was sampled, and whether a header is to be captured. If a header occurs
    /// twice, the last one counts.
    /// </summary>
    public static (WireFormat Format, ActivityContext Parent, bool HasCaptured) Read(Headers? headers)
    {
        var format = WireFormat.Unknown;
        ActivityContext parent = default;
        var hasCaptured = false;
        for (var i = 0; i < (headers?.Count ?? 0); i++)
        {
            var header = headers![i];
            if (header.Key == WireHeaders.Format)
                format = WireHeaders.ParseFormat(header.GetValueBytes());
            else if (header.Key == WireHeaders.TraceParent)
                parent = Sampled(header.GetValueBytes(), headers);
            else
                hasCaptured |= CapturedHeaders.IsCaptured(header.Key);
        }

        return (format, parent, hasCaptured);
    }

    /// <summary>Copies the headers that a decoder may need into the chunk. Returns null if they are too large.</summary>
    public static ByteRange Capture(Headers headers, RecordChunk chunk)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CapturedHeaders.MaxBytes);
        try
        {
            var written = 0;
            for (var i = 0; i < headers.Count; i++)
            {
                var header = headers[i];
                if (CapturedHeaders.IsCaptured(header.Key) && !CapturedHeaders.Append(header.Key, header.GetValueBytes(), buffer.AsSpan(0, CapturedHeaders.MaxBytes), ref written))
                    return ByteRange.Null;
            }

            return chunk.Store(buffer.AsSpan(0, written));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ActivityContext Sampled(byte[]? value, Headers headers)
    {
        // Most records of a traced stream are not sampled, so the flag is checked before any string is allocated.
        if (value is null || value.Length < TraceParentLength || !IsOddHexDigit(value[TraceParentLength - 1]))
            return default;
        var state = headers.TryGetLastBytes(WireHeaders.TraceState, out var bytes) && bytes is not null ? Encoding.ASCII.GetString(bytes) : null;
        return ActivityContext.TryParse(Encoding.ASCII.GetString(value), state, isRemote: true, out var context)
            && context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                ? context
                : default;
    }

    /// <summary>True for the hexadecimal digits 1 3 5 7 9 (odd ASCII codes) and b d f (even ASCII codes): the sampled bit is set.</summary>
    private static bool IsOddHexDigit(byte digit) => digit <= '9' ? (digit & 1) == 1 : (digit & 1) == 0;
}
