using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing.Crashes;

/// <summary>
/// A worker's page of the in-flight file: a mark, the length, the checksum, then run, epoch, work, topics and spans,
/// little-endian. A page with a wrong checksum was torn by a crash between batches, when nothing was in flight.
/// </summary>
internal static class InFlightPage
{
    /// <summary>The size of a page, which holds about 2,900 spans. Only the used part is written.</summary>
    public const int Bytes = 64 << 10;

    /// <summary>The number of bytes that are cleared at the front of a page without work.</summary>
    public const int EmptyBytes = 8;
    private const uint Mark = 0x46_4d_4e_48; // "HNMF"
    private const int HeaderBytes = 16;
    private const int FixedBytes = 8 + 8 + 1 + 2 + 4;
    private const int SpanBytes = 2 + 4 + 8 + 8;

    /// <summary>Writes a page. Allocates nothing except an entry in <paramref name="topics"/> per topic.</summary>
    /// <returns>The bytes used of the page; 0 if the spans do not fit.</returns>
    public static int Write(Span<byte> page, long run, NativeWork work, long epoch, IReadOnlyList<OffsetSpan> spans, List<string> topics)
    {
        topics.Clear();
        var names = 0;
        for (var i = 0; i < spans.Count; i++)
        {
            if (topics.Contains(spans[i].Topic))
                continue;
            topics.Add(spans[i].Topic);
            names += 2 + Encoding.UTF8.GetByteCount(spans[i].Topic);
        }

        var payload = FixedBytes + names + ((long)spans.Count * SpanBytes);
        if (payload > page.Length - HeaderBytes || topics.Count > ushort.MaxValue)
            return 0;

        var at = page[HeaderBytes..];
        BinaryPrimitives.WriteInt64LittleEndian(at, run);
        BinaryPrimitives.WriteInt64LittleEndian(at[8..], epoch);
        at[16] = (byte)work;
        BinaryPrimitives.WriteUInt16LittleEndian(at[17..], (ushort)topics.Count);
        at = at[19..];
        foreach (var topic in topics)
        {
            var length = Encoding.UTF8.GetBytes(topic, at[2..]);
            BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)length);
            at = at[(2 + length)..];
        }

        BinaryPrimitives.WriteInt32LittleEndian(at, spans.Count);
        at = at[4..];
        for (var i = 0; i < spans.Count; i++)
        {
            var span = spans[i];
            BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)topics.IndexOf(span.Topic));
            BinaryPrimitives.WriteInt32LittleEndian(at[2..], span.Partition);
            BinaryPrimitives.WriteInt64LittleEndian(at[6..], span.First);
            BinaryPrimitives.WriteInt64LittleEndian(at[14..], span.Last);
            at = at[SpanBytes..];
        }

        BinaryPrimitives.WriteUInt32LittleEndian(page, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(page[4..], (int)payload);
        BinaryPrimitives.WriteUInt64LittleEndian(page[8..], XxHash3.HashToUInt64(page.Slice(HeaderBytes, (int)payload)));
        return HeaderBytes + (int)payload;
    }

    /// <summary>Reads the batch that was in flight, and the run; returns null if nothing was in flight or the page is damaged.</summary>
    public static (long Run, InFlightOffsets Batch)? Read(ReadOnlySpan<byte> page)
    {
        if (page.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(page) != Mark)
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(page[4..]);
        if (length < FixedBytes || length > page.Length - HeaderBytes)
            return null;
        var payload = page.Slice(HeaderBytes, length);
        return XxHash3.HashToUInt64(payload) == BinaryPrimitives.ReadUInt64LittleEndian(page[8..]) ? Parse(payload) : null;
    }

    private static (long Run, InFlightOffsets Batch)? Parse(ReadOnlySpan<byte> payload)
    {
        try
        {
            var run = BinaryPrimitives.ReadInt64LittleEndian(payload);
            var epoch = BinaryPrimitives.ReadInt64LittleEndian(payload[8..]);
            var work = (NativeWork)payload[16];
            var topics = new string[BinaryPrimitives.ReadUInt16LittleEndian(payload[17..])];
            var at = payload[19..];
            for (var i = 0; i < topics.Length; i++)
            {
                var length = BinaryPrimitives.ReadUInt16LittleEndian(at);
                topics[i] = Encoding.UTF8.GetString(at.Slice(2, length));
                at = at[(2 + length)..];
            }

            var count = BinaryPrimitives.ReadInt32LittleEndian(at);
            at = at[4..];
            if (count < 0 || (long)count * SpanBytes != at.Length)
                return null;
            var spans = new OffsetSpan[count];
            for (var i = 0; i < count; i++, at = at[SpanBytes..])
            {
                spans[i] = new OffsetSpan(
                    topics[BinaryPrimitives.ReadUInt16LittleEndian(at)],
                    BinaryPrimitives.ReadInt32LittleEndian(at[2..]),
                    BinaryPrimitives.ReadInt64LittleEndian(at[6..]),
                    BinaryPrimitives.ReadInt64LittleEndian(at[14..]));
            }

            return Enum.IsDefined(work) ? (run, new InFlightOffsets(work, epoch, spans)) : null;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
