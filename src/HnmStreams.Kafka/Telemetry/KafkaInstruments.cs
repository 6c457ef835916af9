using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace HnmStreams.Kafka.Telemetry;

/// <summary>The metrics and the activity source of this project. The consumer's counters are updated once per chunk, not once per record.</summary>
public static class KafkaInstruments
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "HnmStreams.Kafka";

    /// <summary>The name of the span that starts a trace: one record that is sent to the broker.</summary>
    public const string ProduceSpan = "hnm.produce";

    internal static readonly ActivitySource Spans = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> Records =
        Meter.CreateCounter<long>("hnm.kafka.consumer.records", "{record}", "Records handed over in chunks");

    internal static readonly Counter<long> Bytes =
        Meter.CreateCounter<long>("hnm.kafka.consumer.io", "By", "Bytes of keys and values handed over");

    internal static readonly Counter<long> Chunks =
        Meter.CreateCounter<long>("hnm.kafka.consumer.chunks", "{chunk}", "Chunks handed over");

    internal static readonly Counter<long> Oversized =
        Meter.CreateCounter<long>("hnm.kafka.consumer.oversized", "{record}", "Records above the size limit, which are not copied");

    internal static readonly Counter<long> Unreadable =
        Meter.CreateCounter<long>("hnm.kafka.consumer.unreadable", "{offset}", "Offsets that were skipped because their batch could not be read");

    internal static readonly Counter<long> UnreadableBatches =
        Meter.CreateCounter<long>("hnm.kafka.consumer.unreadable_batches", "{batch}", "Batches that were skipped because they could not be read, for example decompressed");

    internal static readonly Counter<long> OffsetGaps =
        Meter.CreateCounter<long>("hnm.kafka.consumer.offset_gaps", "{offset}", "Offsets without a record: removed by compaction, transaction markers, or deleted before they were read");

    internal static readonly Counter<double> Blocked =
        Meter.CreateCounter<double>("hnm.kafka.consumer.blocked", "s", "Time that the consumer loop waited for room in the channel");

    internal static readonly Counter<long> Pauses =
        Meter.CreateCounter<long>("hnm.kafka.consumer.pauses", "{pause}", "Number of times that the consumer loop paused all partitions because the channel stayed full");

    internal static readonly Counter<long> Rebalances =
        Meter.CreateCounter<long>("hnm.kafka.consumer.rebalances", "{rebalance}", "Rebalance events (assigned, revoked, lost); tag kind");

    internal static readonly Counter<long> Rejoins =
        Meter.CreateCounter<long>("hnm.kafka.consumer.rejoins", "{rejoin}", "Number of times that the consumer rejoined its group because its assignment did not fit the topic");

    internal static readonly Counter<long> Errors =
        Meter.CreateCounter<long>("hnm.kafka.client.errors", "{error}", "Errors that a client reported; tags client, code");

    internal static readonly Gauge<long> Lag =
        Meter.CreateGauge<long>("hnm.kafka.consumer.lag", "{record}", "Records between the consumer's position and the end of the partition; tags topic, partition");

    internal static readonly Counter<long> Delivered =
        Meter.CreateCounter<long>("hnm.kafka.producer.delivered", "{record}", "Records that the broker acknowledged; tag client");

    internal static readonly Counter<long> Failed =
        Meter.CreateCounter<long>("hnm.kafka.producer.failed", "{record}", "Records that could not be delivered; tag client");

    internal static readonly Counter<long> DeadLetters =
        Meter.CreateCounter<long>("hnm.kafka.dead_letters", "{record}", "Records written to the dead-letter topic; tag reason");

    internal static readonly Counter<long> DeadLettersShortened =
        Meter.CreateCounter<long>("hnm.kafka.dead_letters.shortened", "{record}", "Dead letters without their value or key, because the broker or the topic refused their size");

    internal static readonly Counter<long> HardNegatives =
        Meter.CreateCounter<long>("hnm.kafka.hard_negatives", "{record}", "Changes published to the topic of hard negatives and acknowledged; tag change (entered, left)");

    internal static readonly Counter<long> HardNegativesDropped =
        Meter.CreateCounter<long>("hnm.kafka.hard_negatives.dropped", "{record}", "New hard negatives that were not published because too many waited for the broker");

    internal static readonly Counter<long> SchemasFetched =
        Meter.CreateCounter<long>("hnm.kafka.schemas.fetched", "{schema}", "Schemas fetched from the schema registry");

    internal static readonly Counter<long> SchemaFetchFailures =
        Meter.CreateCounter<long>("hnm.kafka.schemas.failures", "{request}", "Requests for a schema that failed and were repeated, because the registry was unavailable");

    /// <summary>
    /// Creates the series of rare events with the value 0. Otherwise the rate of a series would miss its first event.
    /// Errors are left out: their codes are not known in advance.
    /// </summary>
    public static void AppearAtZero()
    {
        Oversized.Add(0);
        Unreadable.Add(0);
        UnreadableBatches.Add(0);
        OffsetGaps.Add(0);
        Blocked.Add(0);
        Pauses.Add(0);
        Rejoins.Add(0);
        DeadLettersShortened.Add(0);
        HardNegativesDropped.Add(0);
        SchemasFetched.Add(0);
        SchemaFetchFailures.Add(0);
        foreach (var change in (ReadOnlySpan<string>)["entered", "left"])
            HardNegatives.Add(0, Tag("change", change));
        foreach (var kind in (ReadOnlySpan<string>)["assigned", "revoked", "lost"])
            Rebalances.Add(0, Tag("kind", kind));
        foreach (var client in (ReadOnlySpan<string>)["examples", "dead-letters", "hard-negatives", "predictions", "label-requests"])
        {
            Delivered.Add(0, Tag("client", client));
            Failed.Add(0, Tag("client", client));
        }
    }

    internal static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);
}
