using Confluent.Kafka;
using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Topics;

/// <summary>A reader of all records of a topic. It belongs to no consumer group and commits nothing.</summary>
internal static class WholeTopic
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Reads the topic once, from its beginning to its end at the time of the call, partition by partition in the order of offsets. No records if the topic does not exist.</summary>
    /// <exception cref="KafkaException">The broker did not answer.</exception>
    public static IEnumerable<ConsumeResult<byte[]?, TValue>> Read<TValue>(KafkaOptions kafka, string topic, IDeserializer<TValue> values, CancellationToken cancellation)
    {
        using var consumer = new ConsumerBuilder<byte[]?, TValue>(ClientSettings.ForReading(kafka))
            .SetValueDeserializer(values).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
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
            else
                yield return found;
        }
    }

    // A request for the metadata of all topics creates none.
    private static List<int> Partitions(KafkaOptions kafka, string topic)
    {
        using var admin = new AdminClientBuilder(ClientSettings.ForAdmin(kafka)).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        return admin.GetMetadata(BrokerTimeout).Topics.Find(t => string.Equals(t.Topic, topic, StringComparison.Ordinal)) is { } found
            ? found.Partitions.ConvertAll(p => p.PartitionId)
            : [];
    }
}
