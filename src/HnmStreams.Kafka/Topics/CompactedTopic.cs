using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Topics;

/// <summary>A topic that keeps the newest record of each key.</summary>
/// <remarks>Thread-safe. Each call opens its own connection.</remarks>
public static class CompactedTopic
{
    private const string Policy = "cleanup.policy";
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Creates the topic if it does not exist, and checks its cleanup policy otherwise.</summary>
    /// <returns>Null if the topic is suitable, else a description of the problem. Null as well if the broker does not support the requests: librdkafka's mock cluster creates topics on first use and never compacts.</returns>
    public static async Task<string?> EnsureAsync(KafkaOptions kafka, string name)
    {
        try
        {
            if (await TopicAdmin.CreateAsync(kafka, name, partitions: 1, compacted: true))
                return null;
            using var admin = new AdminClientBuilder(ClientSettings.ForAdmin(kafka)).SetLogHandler((_, _) => { }).Build();
            var found = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = name }], new DescribeConfigsOptions { RequestTimeout = BrokerTimeout });
            return found[0].Entries.TryGetValue(Policy, out var policy) && !policy.Value.Contains("compact", StringComparison.Ordinal)
                ? $"'{Policy}' must be 'compact' but is '{policy.Value}'; the topic would grow without limit or lose entries"
                : null;
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_UnsupportedFeature)
        {
            return null;
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            return $"it cannot be created or described ({e.Message})";
        }
    }
}
