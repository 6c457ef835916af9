using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Offsets;

namespace HnmStreams.Host.Mine;

/// <summary>The examples of a topic between two positions, or up to its current end, read with a separate consumer group. No offsets are committed.</summary>
internal sealed class TopicRange(KafkaOptions kafka, ConsumingOptions consuming, IRecordDecoder decoder, StartPosition from, StartPosition to, TimeProvider time, ILogger log, Action<string> report)
{
    private static readonly TimeSpan ReportAfter = TimeSpan.FromSeconds(2);

    /// <summary>The number of records that could not be decoded.</summary>
    public long Refused { get; private set; }

    /// <summary>Reads the examples. Blocks while it waits for records. The data of an example are valid until the next one is read.</summary>
    public IEnumerable<Example> Read(CancellationToken cancellation)
    {
        var kafkaOfRange = new KafkaOptions
        {
            BootstrapServers = kafka.BootstrapServers,
            Topic = kafka.Topic,
            GroupId = $"{kafka.GroupId}-mine-{Guid.NewGuid():n}",
            Client = kafka.Client,
            Consumer = kafka.Consumer,
        };
        var consumer = new RecordConsumer(kafkaOfRange, consuming, from, null, time, log);
        try
        {
            consumer.Start();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var ended = EndAsync(consumer, end.Token);
            while (Next(consumer, cancellation) is { } chunk)
            {
                using (chunk)
                {
                    Prepare(chunk, cancellation);
                    foreach (var record in chunk.Records)
                    {
                        if (IsInside(record) && Decode(chunk, record) is { } example)
                            yield return example;
                    }
                }
            }

            ended.GetAwaiter().GetResult();
        }
        finally
        {
            consumer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    // The consumer drains after it has reached the end of all partitions, and that completes the channel.
    private static async Task EndAsync(RecordConsumer consumer, CancellationToken cancellation)
    {
        await consumer.WaitForEndAsync(cancellation);
        await consumer.DrainAsync(cancellation);
    }

    private static RecordChunk? Next(RecordConsumer consumer, CancellationToken cancellation)
    {
        while (consumer.Chunks.WaitToReadAsync(cancellation).AsTask().GetAwaiter().GetResult())
        {
            if (consumer.Chunks.TryRead(out var chunk))
                return chunk;
        }

        return null;
    }

    private void Prepare(RecordChunk chunk, CancellationToken cancellation)
    {
        var prepared = decoder.PrepareAsync(chunk, cancellation).AsTask();
        if (!prepared.Wait(ReportAfter, cancellation) && decoder.WaitsFor is { } reason)
            report(reason);
        prepared.GetAwaiter().GetResult();
    }

    private bool IsInside(in RawRecord record) => to switch
    {
        StartPosition.AtOffset at => record.Offset < at.Offset,
        StartPosition.AtTime at => record.TimestampMs < at.Time.ToUnixTimeMilliseconds(),
        _ => true,
    };

    private Example? Decode(RecordChunk chunk, in RawRecord record)
    {
        if (record.Unreadable is not null || record.OversizedLength > 0)
        {
            Refused++;
            return null;
        }

        var result = decoder.Decode(chunk, record);
        // A deletion is not an example.
        if (result.Reason is not null)
            Refused++;
        return result.Example;
    }
}
