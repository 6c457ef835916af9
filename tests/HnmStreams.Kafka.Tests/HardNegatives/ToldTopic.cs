using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Kafka.Tests.HardNegatives;

/// <summary>Reads a topic of hard negatives as a labelling tool would: to its end, of each key the newest.</summary>
internal static class ToldTopic
{
    public static IReadOnlyDictionary<string, HardNegativeEntry> Read(string bootstrap, string topic, CancellationToken cancellation)
    {
        var told = new Dictionary<string, HardNegativeEntry>(StringComparer.Ordinal);
        using var consumer = new ConsumerBuilder<string, byte[]?>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "tool", EnablePartitionEof = true }).Build();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        var partitions = admin.GetMetadata(topic, TimeSpan.FromSeconds(30)).Topics[0].Partitions;
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
        for (var open = partitions.Count; open > 0;)
        {
            var found = consumer.Consume(cancellation);
            if (found.IsPartitionEOF)
                open--;
            else if (found.Message.Value is { } value)
                told[found.Message.Key] = HardNegativeJson.Read(value);
            else
                told.Remove(found.Message.Key);
        }

        return told;
    }
}
