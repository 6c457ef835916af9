using Confluent.Kafka;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Topics;

/// <summary>A reader of the hard negatives that an earlier run published.</summary>
internal static class CompactedTopicReader
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Reads the topic once, from its beginning to its current end. O(records) time; memory for the published candidates only.</summary>
    /// <returns>The candidates whose newest record has a value. Records with other keys are ignored.</returns>
    /// <exception cref="KafkaException">The broker did not answer.</exception>
    public static HashSet<(string Id, int Region)> Read(KafkaOptions kafka, string topic, CancellationToken cancellation)
    {
        var published = new HashSet<(string, int)>();
        using var consumer = new ConsumerBuilder<byte[]?, bool>(ClientSettings.ForReading(kafka))
            .SetValueDeserializer(Presence.Instance).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        var unread = new HashSet<int>();
        foreach (var partition in Partitions(kafka, topic))
        {
            var range = consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), BrokerTimeout);
            if (range.High.Value > range.Low.Value)
                unread.Add(partition);
        }

        consumer.Assign(unread.Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        while (unread.Count > 0)
        {
            var found = consumer.Consume(cancellation);
            if (found.IsPartitionEOF)
                unread.Remove(found.Partition.Value);
            else if (found.Message.Key is { } bytes && HardNegativeJson.TryReadKey(bytes, out var id, out var region))
                _ = found.Message.Value ? published.Add((id, region)) : published.Remove((id, region));
        }

        return published;
    }

    // A request for the metadata of all topics creates none.
    private static List<int> Partitions(KafkaOptions kafka, string topic)
    {
        using var admin = new AdminClientBuilder(ClientSettings.ForAdmin(kafka)).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        return admin.GetMetadata(BrokerTimeout).Topics.Find(t => string.Equals(t.Topic, topic, StringComparison.Ordinal)) is { } found
            ? found.Partitions.ConvertAll(p => p.PartitionId)
            : [];
    }

    private sealed class Presence : IDeserializer<bool>
    {
        public static Presence Instance { get; } = new();

        public bool Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => !isNull;
    }
}
