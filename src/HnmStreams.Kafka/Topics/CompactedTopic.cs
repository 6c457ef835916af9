using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Topics;

/// <summary>A topic of which each key's newest record is kept.</summary>
/// <remarks>Thread-safe; each call opens a connection of its own.</remarks>
public static class CompactedTopic
{
    private const string Policy = "cleanup.policy";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Makes the topic where it is missing, and looks at it where it is there.</summary>
    /// <returns>Null where it is well; else what keeps it from being so, for a person. (librdkafka's own cluster makes topics on first use and compacts none.)</returns>
    public static async Task<string?> EnsureAsync(KafkaOptions kafka, string name)
    {
        try
        {
            if (await TopicAdmin.CreateAsync(kafka, name, partitions: 1, compacted: true))
                return null;
            using var admin = new AdminClientBuilder(ClientSettings.ForAdmin(kafka)).SetLogHandler((_, _) => { }).Build();
            var found = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = name }], new DescribeConfigsOptions { RequestTimeout = Patience });
            return found[0].Entries.TryGetValue(Policy, out var policy) && !policy.Value.Contains("compact", StringComparison.Ordinal)
                ? $"it has {Policy}={policy.Value}, and so grows or forgets; set it to compact"
                : null;
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_UnsupportedFeature)
        {
            return null;
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            return $"it could not be made or looked at ({e.Message})";
        }
    }
}
