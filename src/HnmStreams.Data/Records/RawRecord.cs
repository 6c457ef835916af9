using System.Diagnostics;

namespace HnmStreams.Data.Records;

/// <summary>A byte range in a chunk's buffer. <see cref="Length"/> is -1 for a null key or value.</summary>
public readonly record struct ByteRange(int Offset, int Length)
{
    public static ByteRange Null => new(0, -1);

    public bool IsNull => Length < 0;
}

/// <summary>A Kafka record in a <see cref="RecordChunk"/>. Its key and value are ranges of the chunk's buffer.</summary>
/// <param name="Topic">The topic name, one shared string per topic.</param>
/// <param name="TimestampMs">The Kafka timestamp in Unix milliseconds.</param>
/// <param name="Key">The id of the example in UTF-8, or null.</param>
/// <param name="Value">The encoded example. Null is a tombstone: it deletes the example with this id.</param>
/// <param name="OversizedLength">The size in bytes of the key and the value that exceeded the size limit and were not copied, else 0.</param>
/// <param name="TraceParent">The context of the newest span of the record's trace (the producer's, then the consumer's) if it was sampled, else default.</param>
public readonly record struct RawRecord(
    string Topic,
    int Partition,
    long Offset,
    long TimestampMs,
    ByteRange Key,
    ByteRange Value,
    WireFormat Format,
    int OversizedLength,
    ActivityContext TraceParent)
{
    /// <summary>The offsets that this record stands for if the client could not read them, else null. Such a record has neither key nor value.</summary>
    public UnreadableOffsets? Unreadable { get; init; }

    /// <summary>
    /// The captured headers, a block of <see cref="CapturedHeaders"/>. Empty if the record has none, null if they exceed
    /// <see cref="CapturedHeaders.MaxBytes"/>.
    /// </summary>
    public ByteRange Headers { get; init; }

    public Origin Origin => new(Topic, Partition, Unreadable?.First ?? Offset);
}

/// <summary>Offsets of a partition that the client could not read, for example because it could not decompress their batch.</summary>
/// <param name="Last">The last offset, inclusive.</param>
/// <param name="Error">The client's description of the error.</param>
public sealed record UnreadableOffsets(long First, long Last, string Error)
{
    /// <summary>The number of offsets. The number of records may be lower.</summary>
    public long Count => Last - First + 1;
}
