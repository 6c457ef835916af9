using Confluent.Kafka;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Topics;

/// <summary>What an earlier learner has left in the topic of hard negatives.</summary>
internal static class CompactedTopicReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Reads the topic once, from its beginning to where it ends now. O(records); what is held is what was kept.</summary>
    /// <returns>Candidates whose newest record has a value; records of other forms are passed over.</returns>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public static HashSet<(string Id, int Unit)> Read(KafkaOptions kafka, string topic, CancellationToken cancellation)
    {
        var kept = new HashSet<(string, int)>();
        using var consumer = new ConsumerBuilder<byte[]?, bool>(ClientSettings.ForReading(kafka))
            .SetValueDeserializer(Presence.Instance).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        var left = new HashSet<int>();
        foreach (var partition in Partitions(kafka, topic))
        {
            var ends = consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), Patience);
            if (ends.High.Value > ends.Low.Value)
                left.Add(partition);
        }

        consumer.Assign(left.Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        while (left.Count > 0)
        {
            var found = consumer.Consume(cancellation);
            if (found.IsPartitionEOF)
                left.Remove(found.Partition.Value);
            else if (found.Message.Key is { } bytes && HardNegativeJson.TryReadKey(bytes, out var id, out var unit))
                _ = found.Message.Value ? kept.Add((id, unit)) : kept.Remove((id, unit));
        }

        return kept;
    }

    // Asking for all topics makes none.
    private static List<int> Partitions(KafkaOptions kafka, string topic)
    {
        using var admin = new AdminClientBuilder(ClientSettings.ForAdmin(kafka)).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        return admin.GetMetadata(Patience).Topics.Find(t => string.Equals(t.Topic, topic, StringComparison.Ordinal)) is { } found
            ? found.Partitions.ConvertAll(p => p.PartitionId)
            : [];
    }

    private sealed class Presence : IDeserializer<bool>
    {
        public static Presence Instance { get; } = new();

        public bool Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => !isNull;
    }
}
