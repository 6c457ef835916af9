using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Topics;

/// <summary>Makes and deletes topics on a real broker. (The embedded cluster knows no such request: it makes topics on first use.)</summary>
/// <remarks>Thread-safe; each call opens a connection of its own.</remarks>
public static class TopicAdmin
{
    // librdkafka's own cluster has no controller: who can do without the topic does not wait a minute to hear so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // The broker's own default of replicas.
    private const short BrokersChoice = -1;

    /// <summary>Makes a topic that is not there yet.</summary>
    /// <param name="compacted">Keeps each key's newest record, and no time bound.</param>
    /// <returns>Whether it was made; false where it was there.</returns>
    /// <exception cref="KafkaException">It could not be made.</exception>
    public static async Task<bool> CreateAsync(KafkaOptions kafka, string name, int partitions, bool compacted = false)
    {
        using var admin = Connect(kafka);
        try
        {
            await admin.CreateTopicsAsync([new TopicSpecification
            {
                Name = name,
                NumPartitions = partitions,
                ReplicationFactor = BrokersChoice,
                Configs = compacted ? new Dictionary<string, string>(StringComparer.Ordinal) { ["cleanup.policy"] = "compact" } : null,
            }], new CreateTopicsOptions { RequestTimeout = Patience });
            return true;
        }
        catch (CreateTopicsException e) when (e.Results.TrueForAll(r => r.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            return false;
        }
    }

    /// <exception cref="KafkaException">It could not be deleted.</exception>
    public static async Task DeleteAsync(KafkaOptions kafka, string name)
    {
        using var admin = Connect(kafka);
        await admin.DeleteTopicsAsync([name]);
    }

    private static IAdminClient Connect(KafkaOptions kafka) => new AdminClientBuilder(ClientSettings.ForAdmin(kafka)).Build();
}
