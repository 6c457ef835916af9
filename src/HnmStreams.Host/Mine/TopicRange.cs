using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Offline.Storage;

namespace HnmStreams.Host.Mine;

/// <summary>The records of a topic between two positions, or up to its current end, read with a separate consumer group. No offsets are committed.</summary>
/// <param name="skipped">Receives the counts of records that cannot be decoded.</param>
internal sealed class TopicRange(
    KafkaOptions kafka, ConsumingOptions consuming, IRecordDecoder decoder, StartPosition from, StartPosition to, SkipCounts skipped, TimeProvider time, ILogger log, Action<string> report)
{
    private static readonly TimeSpan ReportAfter = TimeSpan.FromSeconds(2);

    /// <summary>Reads the examples and tombstones. Blocks while it waits for records. The data of an example are valid until the next record is read.</summary>
    public IEnumerable<StoreRecord> Read(CancellationToken cancellation)
    {
        var kafkaOfRange = new KafkaOptions
        {
            BootstrapServers = kafka.BootstrapServers,
            Topic = kafka.Topic,
            GroupId = $"{kafka.GroupId}-mine-{Guid.NewGuid():n}",
            Client = kafka.Client,
            Consumer = kafka.Consumer,
        };
        using var rows = decoder.CreateRows();
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
                        if (!IsInside(record))
                            continue;
                        if (rows is null || record.Unreadable is not null || record.OversizedLength > 0 || !decoder.HasRows(chunk, record))
                        {
                            if (Decode(chunk, record) is { } read)
                                yield return read;
                            continue;
                        }

                        foreach (var row in DecodeRows(rows, chunk, record))
                            yield return row;
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

    private StoreRecord? Decode(RecordChunk chunk, in RawRecord record)
    {
        var order = new RecordOrder(record.Partition, record.Offset, record.TimestampMs);
        if (record.Unreadable is not null)
            return Skip(record, "unreadable");
        // The value of an oversized record is not copied. It is not a tombstone.
        if (record.OversizedLength > 0)
            return Skip(record, "too-large");
        var result = decoder.Decode(chunk, record);
        if (result.Example is { } example)
            return StoreRecord.Of(example, order);
        var key = chunk.Read(record.Key);
        return result.Deleted is { } deleted
            ? new StoreRecord(deleted, key.IsEmpty ? record.Origin.ToString() : Encoding.UTF8.GetString(key.Span), null, order)
            : Skip(record, result.Reason ?? RejectionReasons.Malformed);
    }

    private IEnumerable<StoreRecord> DecodeRows(RecordRows rows, RecordChunk chunk, RawRecord record)
    {
        if (rows.Open(chunk.Read(record.Value)) is { } rejected)
        {
            Skip(record, rejected.Reason ?? RejectionReasons.Malformed);
            yield break;
        }

        while (rows.Position < rows.Count)
        {
            if (DecodeRow(rows, record) is { } read)
                yield return read;
        }
    }

    private StoreRecord? DecodeRow(RecordRows rows, in RawRecord record)
    {
        var order = new RecordOrder(record.Partition, record.Offset, record.TimestampMs, rows.Position);
        var result = rows.Read(out var example);
        return result.Kind switch
        {
            RowKind.Example => StoreRecord.Of(example.ToExample(), order),
            RowKind.Tombstone => new StoreRecord(ExampleKey.Of(rows.Id), Encoding.UTF8.GetString(rows.Id), null, order),
            _ => Skip(record, result.Reason ?? RejectionReasons.Malformed),
        };
    }

    private StoreRecord? Skip(in RawRecord record, string reason)
    {
        skipped.Add($"{reason} records", record.Origin.ToString());
        return null;
    }
}
