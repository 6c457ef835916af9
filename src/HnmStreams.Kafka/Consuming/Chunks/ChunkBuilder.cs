using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Consuming.Chunks;

/// <summary>
/// The builder of the current chunk. It is also the client's deserializer for keys and values, so that a record's bytes
/// are copied from native memory straight into the chunk's buffer, without an array per record.
/// </summary>
/// <remarks>Used on the consumer thread only. The client deserializes the key before the value, one record at a time.</remarks>
internal sealed class ChunkBuilder(string topic, ConsumingOptions options, TimeProvider time) : IDisposable
{
    /// <summary>
    /// The maximum number of traced records in a chunk. Producers decide which records are sampled, so this bounds the cost that they can cause.
    /// </summary>
    public const int MaxTraced = 64;

    // A chunk counts as full at 7/8, so that the last record rarely makes the buffer grow.
    private readonly int _fullBytes = options.ChunkBytes - (options.ChunkBytes / 8);

    private RecordChunk? _chunk;
    private long _startedAt;
    private int _oversizedBytes;

    /// <summary>The number of restarts so far, see <see cref="RecordChunk.Era"/>.</summary>
    public int Era { get; private set; }

    /// <summary>The number of records in the current chunk.</summary>
    public int Count => _chunk?.Count ?? 0;

    public bool IsFull => _chunk is { } chunk && (chunk.Count >= options.ChunkRecords || chunk.Bytes >= _fullBytes);

    /// <summary>True if the current chunk has records and has to be handed over: it is full, or its linger time is over.</summary>
    public bool IsDue => IsFull || (Count > 0 && RemainingLinger <= TimeSpan.Zero);

    /// <summary>The number of records in the current chunk that were too large to copy.</summary>
    public int OversizedRecords { get; private set; }

    /// <summary>The indices of the traced records in the current chunk, ascending. At most <see cref="MaxTraced"/>.</summary>
    public List<int> Traced { get; } = [];

    public IDeserializer<ByteRange> Keys => new Deserializer(this);

    public IDeserializer<ByteRange> Values => new Deserializer(this);

    /// <summary>The remaining linger time; zero or negative when the chunk is due. Meaningful only if <see cref="Count"/> is above 0.</summary>
    public TimeSpan RemainingLinger => options.ChunkLinger - time.GetElapsedTime(_startedAt);

    /// <summary>Adds the record whose key and value were deserialized last.</summary>
    public void Add(ConsumeResult<ByteRange, ByteRange> result)
    {
        var (format, parent, hasCaptured) = RecordHeaders.Read(result.Message.Headers);
        var oversizedBytes = _oversizedBytes;
        _oversizedBytes = 0;
        if (oversizedBytes > 0)
            OversizedRecords++;
        if (parent != default && Traced.Count < MaxTraced)
            Traced.Add(Count);
        else
            parent = default;
        if (Count == 0)
            _startedAt = time.GetTimestamp();
        var chunk = Chunk();
        chunk.Add(new RawRecord(
            topic, result.Partition.Value, result.Offset.Value, result.Message.Timestamp.UnixTimestampMs,
            result.Message.Key, result.Message.Value, format, oversizedBytes, parent)
        {
            Headers = hasCaptured ? RecordHeaders.Capture(result.Message.Headers, chunk) : default,
        });
    }

    /// <summary>Adds a record without key and value that marks offsets that cannot be read. Its offset is the last of them, so that the position moves past them.</summary>
    public void Add(int partition, UnreadableOffsets unreadable)
    {
        if (Count == 0)
            _startedAt = time.GetTimestamp();
        Chunk().Add(new RawRecord(
            topic, partition, unreadable.Last, time.GetUtcNow().ToUnixTimeMilliseconds(), ByteRange.Null, ByteRange.Null, WireFormat.Unknown, 0, default)
        {
            Unreadable = unreadable,
        });
    }

    /// <summary>Discards the record whose key and value were deserialized last. Its bytes stay in the chunk's buffer.</summary>
    public void Discard() => _oversizedBytes = 0;

    /// <summary>Returns the current chunk, which the caller owns from then on, and starts a new one. Returns null if it is empty.</summary>
    public RecordChunk? Take()
    {
        if (Count == 0)
            return null;
        var chunk = _chunk!;
        chunk.ReadAt = _startedAt;
        _chunk = null;
        OversizedRecords = 0;
        Traced.Clear();
        return chunk;
    }

    /// <summary>Drops the current chunk: its records are read again. Later chunks are of the next era.</summary>
    public void Restart()
    {
        Take()?.Dispose();
        _chunk?.Dispose();
        _chunk = null;
        _oversizedBytes = 0;
        Era++;
    }

    public void Dispose() => _chunk?.Dispose();

    private RecordChunk Chunk() => _chunk ??= new RecordChunk(options.ChunkRecords, options.ChunkBytes) { Era = Era };

    private ByteRange Store(ReadOnlySpan<byte> bytes, bool isNull)
    {
        if (isNull)
            return ByteRange.Null;
        if (bytes.Length <= options.MaxRecordBytes)
            return Chunk().Store(bytes);
        _oversizedBytes += bytes.Length;
        return ByteRange.Null;
    }

    private sealed class Deserializer(ChunkBuilder builder) : IDeserializer<ByteRange>
    {
        public ByteRange Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => builder.Store(data, isNull);
    }
}
