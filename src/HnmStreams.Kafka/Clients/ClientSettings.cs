using System.Globalization;

namespace HnmStreams.Kafka.Clients;

/// <summary>
/// Puts a client's settings together: this project's tuning, over it the user's <c>Client</c>, over it the user's
/// <c>Consumer</c> or <c>Producer</c>, and last what correctness rests on, which nobody may change.
/// </summary>
internal static class ClientSettings
{
    public static Dictionary<string, string> ForConsumer(KafkaOptions kafka)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // 32 MiB of prefetch in all, and few enough records that memory is bounded for small ones too.
            ["queued.max.messages.kbytes"] = "32768",
            ["queued.min.messages"] = "50000",
            // A full prefetch queue is looked at again soon; the default of a second stalls small queues.
            ["fetch.queue.backoff.ms"] = "5",
            // A real broker answers as soon as there are data; librdkafka's own cluster sleeps through the whole wait.
            ["fetch.wait.max.ms"] = "20",
            ["fetch.error.backoff.ms"] = "100",
            // New partitions, and a topic that was made again, are noticed within a minute instead of five.
            ["topic.metadata.refresh.interval.ms"] = "60000",
        };
        Merge(settings, kafka.Client);
        Merge(settings, kafka.Consumer);
        Insist(settings, "Consumer", "enable.auto.commit", "false");
        Insist(settings, "Consumer", "enable.auto.offset.store", "false");
        Insist(settings, "Consumer", "enable.partition.eof", "true");
        Insist(settings, "Consumer", "partition.assignment.strategy", "cooperative-sticky", "range", "roundrobin");
        // Where a run starts is always said by offset; this only rules what happens when that offset is gone.
        Insist(settings, "Consumer", "auto.offset.reset", "earliest");
        // The topic's name is known, so no string is made of it for each record.
        Insist(settings, "Consumer", "dotnet.consumer.consume.result.fields", "headers,timestamp");
        settings["group.id"] = kafka.GroupId;
        settings["bootstrap.servers"] = Bootstrap(kafka);
        settings.TryAdd("client.id", "hnm");
        return settings;
    }

    public static Dictionary<string, string> ForExamples(KafkaOptions kafka, ProducingOptions options)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["linger.ms"] = options.Linger.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            ["batch.size"] = options.BatchBytes.ToString(CultureInfo.InvariantCulture),
            ["batch.num.messages"] = "10000",
            ["compression.type"] = options.Compression,
            // The window in front holds the bound; the client's own queue is only a little wider.
            ["queue.buffering.max.messages"] = (options.QueueRecords + 1024).ToString(CultureInfo.InvariantCulture),
            ["queue.buffering.max.kbytes"] = ((options.QueueBytes / 1024 * 2) + 4096).ToString(CultureInfo.InvariantCulture),
        };
        // The handler needs to know only how large a record was; status and time cost a native call each.
        return Producer(kafka, settings, reportFields: "key,value", "hnm-producer");
    }

    public static Dictionary<string, string> ForDeadLetters(KafkaOptions kafka)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["linger.ms"] = "20",
            // An outage is waited out: a checkpoint does not go over a letter that nobody has.
            ["message.timeout.ms"] = "0",
            ["enable.idempotence"] = "true",
            ["compression.type"] = "lz4",
            ["queue.buffering.max.kbytes"] = "65536",
        };
        return Producer(kafka, settings, reportFields: "none", "hnm-dead-letters");
    }

    public static Dictionary<string, string> ForHardNegatives(KafkaOptions kafka)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["linger.ms"] = "50",
            // An outage is waited out: the queue in front holds the bound, and what is taken from it counts as said.
            ["message.timeout.ms"] = "0",
            ["enable.idempotence"] = "true",
            ["compression.type"] = "lz4",
            ["queue.buffering.max.messages"] = "10000",
        };
        return Producer(kafka, settings, reportFields: "value", "hnm-hard-negatives");
    }

    /// <summary>For reading a topic once from end to end, in no group.</summary>
    public static Dictionary<string, string> ForReading(KafkaOptions kafka)
    {
        var settings = new Dictionary<string, string>(kafka.Client, StringComparer.Ordinal)
        {
            // The client asks for a name and does not use it: nothing is subscribed to and nothing committed.
            ["group.id"] = kafka.GroupId,
            ["enable.auto.commit"] = "false",
            ["enable.partition.eof"] = "true",
            ["auto.offset.reset"] = "earliest",
            ["fetch.wait.max.ms"] = "20",
            ["bootstrap.servers"] = Bootstrap(kafka),
        };
        settings.TryAdd("client.id", "hnm-reader");
        return settings;
    }

    public static Dictionary<string, string> ForAdmin(KafkaOptions kafka)
    {
        var settings = new Dictionary<string, string>(kafka.Client, StringComparer.Ordinal) { ["bootstrap.servers"] = Bootstrap(kafka) };
        settings.TryAdd("client.id", "hnm-admin");
        return settings;
    }

    private static Dictionary<string, string> Producer(KafkaOptions kafka, Dictionary<string, string> settings, string reportFields, string clientId)
    {
        Merge(settings, kafka.Client);
        Merge(settings, kafka.Producer);
        Insist(settings, "Producer", "dotnet.producer.delivery.report.fields", reportFields);
        settings["bootstrap.servers"] = Bootstrap(kafka);
        settings.TryAdd("client.id", clientId);
        return settings;
    }

    private static string Bootstrap(KafkaOptions kafka) =>
        string.IsNullOrWhiteSpace(kafka.BootstrapServers)
            ? throw new InvalidOperationException("Kafka:BootstrapServers is not set: give a comma-separated list of host:port")
            : kafka.BootstrapServers;

    private static void Merge(Dictionary<string, string> settings, Dictionary<string, string> from)
    {
        foreach (var (key, value) in from)
            settings[key] = value;
    }

    /// <param name="allowed">The first is taken where nothing was given.</param>
    private static void Insist(Dictionary<string, string> settings, string section, string key, params ReadOnlySpan<string> allowed)
    {
        if (!settings.TryGetValue(key, out var given))
        {
            settings[key] = allowed[0];
            return;
        }

        foreach (var value in allowed)
        {
            if (string.Equals(given, value, StringComparison.OrdinalIgnoreCase))
                return;
        }

        throw new InvalidOperationException($"Kafka:{section}:{key} is '{given}', but only '{string.Join("', '", allowed)}' is allowed: the service's handling of offsets rests on it");
    }
}
