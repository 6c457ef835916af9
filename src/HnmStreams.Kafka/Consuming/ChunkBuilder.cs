using System.Diagnostics;
using Confluent.Kafka;
using HnmStreams.Data.Records;

namespace HnmStreams.Kafka.Consuming;

/// <summary>
/// Fills the chunk in hand. It is also the client's deserializer for key and value, so that a record's bytes go from
/// native memory straight into the chunk's slab and no array is made for each record.
/// </summary>
/// <remarks>The loop's thread only. The client calls the key's deserializer before the value's, for one record at a time.</remarks>
internal sealed class ChunkBuilder(string topic, ConsumingOptions options, TimeProvider time) : IDisposable
{
    // Full at 7/8, so that the record that fills the slab rarely makes it grow.
    private readonly int _fullBytes = options.ChunkBytes - (options.ChunkBytes / 8);

    private RecordChunk? _chunk;
    private long _startedAt;
    private int _oversized;

    public int Count => _chunk?.Count ?? 0;

    public bool IsFull => _chunk is { } chunk && (chunk.Count >= options.ChunkRecords || chunk.Bytes >= _fullBytes);

    /// <summary>Records in hand that were too large to copy.</summary>
    public int OversizedRecords { get; private set; }

    /// <summary>Spans of producers that sampled their records, in the order of the records.</summary>
    public List<ActivityContext> SampledParents { get; } = [];

    public IDeserializer<ByteRange> Keys => new Deserializer(this);

    public IDeserializer<ByteRange> Values => new Deserializer(this);

    /// <summary>What is left of the linger; zero or less says that it is time to hand over. Only with <see cref="Count"/> above 0.</summary>
    public TimeSpan LingerLeft => options.ChunkLinger - time.GetElapsedTime(_startedAt);

    /// <summary>Takes the record whose key and value were just copied.</summary>
    public void Add(ConsumeResult<ByteRange, ByteRange> result)
    {
        var (format, parent) = RecordHeaders.Read(result.Message.Headers);
        var oversized = _oversized;
        _oversized = 0;
        if (oversized > 0)
            OversizedRecords++;
        if (parent != default)
            SampledParents.Add(parent);
        if (Count == 0)
            _startedAt = time.GetTimestamp();
        Chunk().Add(new RawRecord(
            topic, result.Partition.Value, result.Offset.Value, result.Message.Timestamp.UnixTimestampMs,
            result.Message.Key, result.Message.Value, format, oversized, parent));
    }

    /// <summary>Gives the chunk away; null where it is empty.</summary>
    public RecordChunk? Take()
    {
        if (Count == 0)
            return null;
        var chunk = _chunk;
        _chunk = null;
        OversizedRecords = 0;
        SampledParents.Clear();
        return chunk;
    }

    public void Dispose() => _chunk?.Dispose();

    private RecordChunk Chunk() => _chunk ??= new RecordChunk(options.ChunkRecords, options.ChunkBytes);

    private ByteRange Store(ReadOnlySpan<byte> bytes, bool isNull)
    {
        if (isNull)
            return ByteRange.Null;
        if (bytes.Length <= options.MaxRecordBytes)
            return Chunk().Store(bytes);
        _oversized += bytes.Length;
        return ByteRange.Null;
    }

    private sealed class Deserializer(ChunkBuilder builder) : IDeserializer<ByteRange>
    {
        public ByteRange Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => builder.Store(data, isNull);
    }
}
