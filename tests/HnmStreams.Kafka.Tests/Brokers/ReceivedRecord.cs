using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming;

namespace HnmStreams.Kafka.Tests.Brokers;

/// <summary>A record with copies of its key and value, so that it can be used after its chunk is disposed.</summary>
internal sealed record ReceivedRecord(RawRecord Record, byte[]? Key, byte[]? Value)
{
    /// <summary>The number that <see cref="EmbeddedStream.WriteNumbersAsync"/> wrote as the value.</summary>
    public int Number => BitConverter.ToInt32(Value!);

    /// <summary>Reads the next chunk.</summary>
    public static async Task<List<ReceivedRecord>> ReadChunkAsync(RecordConsumer consumer, CancellationToken cancellation)
    {
        using var chunk = await consumer.Chunks.ReadAsync(cancellation);
        return [.. chunk.Records.Select(record => new ReceivedRecord(
            record,
            record.Key.IsNull ? null : chunk.Read(record.Key).ToArray(),
            record.Value.IsNull ? null : chunk.Read(record.Value).ToArray()))];
    }

    /// <summary>Reads chunks until there are at least <paramref name="count"/> records.</summary>
    public static async Task<List<ReceivedRecord>> ReadAsync(RecordConsumer consumer, int count, CancellationToken cancellation)
    {
        var received = new List<ReceivedRecord>();
        while (received.Count < count)
            received.AddRange(await ReadChunkAsync(consumer, cancellation));
        return received;
    }

    /// <summary>Reads chunks until the channel completes.</summary>
    public static async Task<List<ReceivedRecord>> ReadToEndAsync(RecordConsumer consumer, CancellationToken cancellation)
    {
        var received = new List<ReceivedRecord>();
        while (await consumer.Chunks.WaitToReadAsync(cancellation))
            received.AddRange(await ReadChunkAsync(consumer, cancellation));
        return received;
    }
}
