using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Testing.Brokers;

/// <summary>A reader of the topic of hard negatives, as a labeling tool would use it.</summary>
public static class HardNegativesReader
{
    /// <summary>Reads the topic to its end and returns the newest entry per key.</summary>
    public static IReadOnlyDictionary<string, HardNegativeEntry> Read(string bootstrap, string topic, CancellationToken cancellation)
    {
        var entries = new Dictionary<string, HardNegativeEntry>(StringComparer.Ordinal);
        using var consumer = new ConsumerBuilder<string, byte[]?>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "tool", EnablePartitionEof = true }).Build();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        var partitions = admin.GetMetadata(topic, TimeSpan.FromSeconds(30)).Topics[0].Partitions;
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
        for (var open = partitions.Count; open > 0;)
        {
            var result = consumer.Consume(cancellation);
            if (result.IsPartitionEOF)
                open--;
            else if (result.Message.Value is { } value)
                entries[result.Message.Key] = HardNegativeJson.Read(value);
            else
                entries.Remove(result.Message.Key);
        }

        return entries;
    }
}
