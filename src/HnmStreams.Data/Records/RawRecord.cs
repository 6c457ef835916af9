using System.Diagnostics;

namespace HnmStreams.Data.Records;

/// <summary>How the value of a record is written.</summary>
public enum WireFormat
{
    /// <summary>No header named it: the decoder looks at the first byte.</summary>
    Unknown,
    Protobuf,
    Json,

    /// <summary>A header named a format that is not known: the record is refused, not guessed at.</summary>
    Unsupported,
}

/// <summary>A stretch of a chunk's slab; <see cref="Length"/> is -1 for a null key or value.</summary>
public readonly record struct ByteRange(int Offset, int Length)
{
    public static ByteRange Null => new(0, -1);

    public bool IsNull => Length < 0;
}

/// <summary>One Kafka record inside a <see cref="RecordChunk"/>; its bytes lie in the chunk's slab.</summary>
/// <param name="Topic">Topic name, one shared string per topic.</param>
/// <param name="TimestampMs">Kafka timestamp, Unix milliseconds.</param>
/// <param name="Key">UTF-8 id of the example, or null.</param>
/// <param name="Value">The encoded example; null is a tombstone (forget this id).</param>
/// <param name="OversizedLength">Bytes of a value above the size limit, which was not copied; 0 otherwise.</param>
/// <param name="TraceParent">Context of the producer's span where it was sampled, else default.</param>
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
    public Origin Origin => new(Topic, Partition, Offset);
}
