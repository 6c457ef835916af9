using System.Globalization;

namespace HnmStreams.Kafka.Clients;

/// <summary>
/// The librdkafka settings of each client. Precedence, lowest first: this project's tuning, the user's <c>Client</c>, the
/// user's <c>Consumer</c> or <c>Producer</c>, and the settings that correctness depends on, which cannot be changed.
/// </summary>
internal static class ClientSettings
{
    /// <summary>The room for the headers of a dead letter and the framing of its batch.</summary>
    private const long DeadLetterHeaderBytes = 64 * 1024;

    public static Dictionary<string, string> ForConsumer(KafkaOptions kafka, ConsumingOptions options)
    {
        var fetchBytes = options.FetchBytes.ToString(CultureInfo.InvariantCulture);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // At most 32 MiB are prefetched. The record limit bounds the overhead per record when records are small.
            ["queued.max.messages.kbytes"] = "32768",
            ["queued.min.messages"] = "50000",
            // The whole response and the part of one partition.
            ["fetch.max.bytes"] = fetchBytes,
            ["fetch.message.max.bytes"] = fetchBytes,
            // The default of one second before a full prefetch queue is checked again stalls small queues.
            ["fetch.queue.backoff.ms"] = "5",
            // A real broker answers as soon as it has data; librdkafka's mock cluster always waits the full time.
            ["fetch.wait.max.ms"] = "20",
            ["fetch.error.backoff.ms"] = "100",
            // New partitions and a re-created topic are noticed within one minute instead of five.
            ["topic.metadata.refresh.interval.ms"] = "60000",
        };
        Merge(settings, kafka.Client);
        Merge(settings, kafka.Consumer);
        LimitMessageBytes(settings);
        Require(settings, "consumer", "enable.auto.commit", "false");
        Require(settings, "consumer", "enable.auto.offset.store", "false");
        Require(settings, "consumer", "enable.partition.eof", "true");
        // With the protocol of KIP-848 the broker assigns partitions, and librdkafka rejects a strategy.
        if (!string.Equals(settings.GetValueOrDefault("group.protocol"), "consumer", StringComparison.OrdinalIgnoreCase))
            Require(settings, "consumer", "partition.assignment.strategy", "cooperative-sticky", "range", "roundrobin");
        else if (settings.ContainsKey("partition.assignment.strategy"))
            throw new InvalidOperationException("'kafka.consumer.partition.assignment.strategy' must not be set with 'kafka.consumer.group.protocol' = 'consumer' (KIP-848): remove it, or use the protocol 'classic'.");
        // Every partition starts at an explicit offset; this applies only if that offset no longer exists.
        Require(settings, "consumer", "auto.offset.reset", "earliest");
        // The topic's name would cost a string per record.
        Require(settings, "consumer", "dotnet.consumer.consume.result.fields", "headers,timestamp");
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
            // DeliveryWindow enforces the limit; the client's own queue is slightly larger.
            ["queue.buffering.max.messages"] = (options.QueueRecords + 1024).ToString(CultureInfo.InvariantCulture),
            ["queue.buffering.max.kbytes"] = ((options.QueueBytes / 1024 * 2) + 4096).ToString(CultureInfo.InvariantCulture),
        };
        // The delivery handler needs only the record's size; status and timestamp cost a native call each.
        return Producer(kafka, settings, reportFields: "key,value", "hnm-producer");
    }

    /// <param name="maxRecordBytes">The maximum size of a key and of a value.</param>
    public static Dictionary<string, string> ForDeadLetters(KafkaOptions kafka, int maxRecordBytes)
    {
        // librdkafka allows at most 1,000,000,000 bytes; a larger dead letter is sent without its value.
        var maxMessageBytes = Math.Min((2L * maxRecordBytes) + DeadLetterHeaderBytes, 1_000_000_000);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["linger.ms"] = "20",
            // No timeout during an outage: a checkpoint must not pass a dead letter that was not acknowledged.
            ["message.timeout.ms"] = "0",
            ["enable.idempotence"] = "true",
            // Every client can read gzip.
            ["compression.type"] = "gzip",
            ["message.max.bytes"] = maxMessageBytes.ToString(CultureInfo.InvariantCulture),
            // A broker refuses a whole batch because of its size. In small batches, a large dead letter is alone.
            ["batch.size"] = "65536",
            // The queue must have room for the largest dead letter; otherwise it would count as full forever.
            ["queue.buffering.max.kbytes"] = Math.Max(65_536, (maxMessageBytes / 1024 * 2) + 1).ToString(CultureInfo.InvariantCulture),
        };
        return Producer(kafka, settings, reportFields: "none", "hnm-dead-letters");
    }

    public static Dictionary<string, string> ForPredictions(KafkaOptions kafka) => Served(kafka, "hnm-predictions");

    public static Dictionary<string, string> ForLabelRequests(KafkaOptions kafka) => Served(kafka, "hnm-label-requests");

    private static Dictionary<string, string> Served(KafkaOptions kafka, string client)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // A prediction is awaited by its consumers; the batches of the learner fill the requests.
            ["linger.ms"] = "5",
            // No timeout during an outage: a checkpoint must not pass a prediction that was not acknowledged.
            ["message.timeout.ms"] = "0",
            ["enable.idempotence"] = "true",
            // Every client can read gzip.
            ["compression.type"] = "gzip",
            ["queue.buffering.max.messages"] = "100000",
        };
        return Producer(kafka, settings, reportFields: "none", client);
    }

    public static Dictionary<string, string> ForHardNegatives(KafkaOptions kafka)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["linger.ms"] = "50",
            // No timeout during an outage: PendingChanges is bounded, and a change taken from it counts as published.
            ["message.timeout.ms"] = "0",
            ["enable.idempotence"] = "true",
            // Every client can read gzip.
            ["compression.type"] = "gzip",
            ["queue.buffering.max.messages"] = "10000",
        };
        return Producer(kafka, settings, reportFields: "value", "hnm-hard-negatives");
    }

    /// <summary>Returns settings for reading a topic once from start to end, outside any group.</summary>
    public static Dictionary<string, string> ForReading(KafkaOptions kafka)
    {
        var settings = new Dictionary<string, string>(kafka.Client, StringComparer.Ordinal)
        {
            // librdkafka requires a group name. It is not used: the reader neither subscribes nor commits.
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
        Require(settings, "producer", "dotnet.producer.delivery.report.fields", reportFields);
        settings["bootstrap.servers"] = Bootstrap(kafka);
        settings.TryAdd("client.id", clientId);
        return settings;
    }

    /// <summary>Lowers <c>message.max.bytes</c> to <c>fetch.max.bytes</c>, which librdkafka requires. A consumer does not use it otherwise.</summary>
    private static void LimitMessageBytes(Dictionary<string, string> settings)
    {
        const long librdkafkaDefault = 1_000_000;
        var given = settings.TryGetValue("message.max.bytes", out var text) && long.TryParse(text, CultureInfo.InvariantCulture, out var bytes) ? bytes : librdkafkaDefault;
        if (long.TryParse(settings["fetch.max.bytes"], CultureInfo.InvariantCulture, out var fetch) && fetch < given)
            settings["message.max.bytes"] = settings["fetch.max.bytes"];
    }

    private static string Bootstrap(KafkaOptions kafka) =>
        string.IsNullOrWhiteSpace(kafka.BootstrapServers)
            ? throw new InvalidOperationException("'kafka.bootstrapServers' is not set: give a comma-separated list of host:port.")
            : kafka.BootstrapServers;

    private static void Merge(Dictionary<string, string> settings, Dictionary<string, string> from)
    {
        foreach (var (key, value) in from)
            settings[key] = value;
    }

    /// <summary>Sets a fixed value, or accepts the given one if it is allowed.</summary>
    /// <param name="allowed">The allowed values; the first is the default.</param>
    private static void Require(Dictionary<string, string> settings, string section, string key, params ReadOnlySpan<string> allowed)
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

        throw new InvalidOperationException($"'kafka.{section}.{key}' must be '{string.Join("' or '", allowed)}' but is '{given}': the handling of offsets depends on it.");
    }
}
