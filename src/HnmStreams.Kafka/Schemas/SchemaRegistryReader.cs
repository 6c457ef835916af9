using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Kafka.Schemas;

/// <summary>A reader of framed keys and values: the schema that the frame names reads the payload.</summary>
/// <remarks>Thread-safe. <see cref="PrepareAsync"/> puts the schemas of a chunk into the chunk, so that the cache may evict them before they are used.</remarks>
internal sealed class SchemaRegistryReader(SchemaSource schemas) : IValueReader, IDisposable
{
    public string? WaitsFor => schemas.WaitsFor;

    public ValueTask PrepareAsync(RecordChunk chunk, CancellationToken cancellationToken)
    {
        var found = new Dictionary<int, WireSchema>();
        List<int>? missing = null;
        foreach (ref readonly var record in chunk.AsSpan())
        {
            Find(chunk.Read(record.Value).Span);
            Find(chunk.Read(record.Key).Span);
        }

        chunk.Prepared = found;
        return missing is null ? ValueTask.CompletedTask : FetchAsync(missing, found, cancellationToken);

        void Find(ReadOnlySpan<byte> framed)
        {
            if (!SchemaFrame.TryRead(framed, out var id) || found.ContainsKey(id))
                return;
            if (schemas.Find(id) is { } schema)
                found.Add(id, schema);
            else if (missing?.Contains(id) != true)
                (missing ??= []).Add(id);
        }
    }

    public bool Recognizes(ReadOnlySpan<byte> bytes) => SchemaFrame.TryRead(bytes, out _);

    public Rejection? Read(RecordChunk chunk, ReadOnlyMemory<byte> bytes, out FieldValue value)
    {
        value = default;
        if (!SchemaFrame.TryRead(bytes.Span, out var id))
        {
            return new Rejection(RejectionReasons.UnknownFormat, bytes.Length < SchemaFrame.Length
                ? $"The value must start with a zero byte and a schema id of 4 bytes (wire.format is schemaRegistry) but has {bytes.Length} bytes."
                : $"The value must start with a zero byte and a schema id of 4 bytes (wire.format is schemaRegistry) but starts with the byte 0x{bytes.Span[0]:x2}. Write it with a serializer of the registry, or set wire.format.");
        }

        var schema = (chunk.Prepared as Dictionary<int, WireSchema>)?.GetValueOrDefault(id)
            ?? throw new InvalidOperationException($"The chunk was not prepared: it has no schema {id}.");
        return schema.Read(bytes[SchemaFrame.Length..], out value);
    }

    public void Dispose() => schemas.Dispose();

    private async ValueTask FetchAsync(List<int> missing, Dictionary<int, WireSchema> found, CancellationToken cancellation)
    {
        // At the same time: a producer can send a record with a new id for every request, and each may be that of a new schema.
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = schemas.MaxRequests, CancellationToken = cancellation }, async (id, canceled) =>
        {
            var schema = await schemas.FetchAsync(id, canceled);
            lock (found)
                found[id] = schema;
        });
    }
}
