using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Kafka.Clients;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Topics;

/// <summary>Creation and deletion of topics on a real broker. The embedded cluster supports neither: it creates topics on first use.</summary>
/// <remarks>Thread-safe. Each call opens its own connection.</remarks>
public static class TopicAdmin
{
    // librdkafka's mock cluster has no controller, so a request to it always times out; the client's default is one minute.
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(20);

    // The broker's default.
    private const short DefaultReplicationFactor = -1;

    /// <summary>Creates a topic if it does not exist.</summary>
    /// <param name="compacted">True to keep the newest record of each key, without a time limit.</param>
    /// <param name="logger">Receives the lines of the client's log; null discards them.</param>
    /// <returns>True if the topic was created, false if it exists already.</returns>
    /// <exception cref="KafkaException">The topic cannot be created.</exception>
    public static async Task<bool> CreateAsync(KafkaOptions kafka, string name, int partitions, bool compacted = false, ILogger? logger = null)
    {
        using var admin = Connect(kafka, logger);
        try
        {
            await admin.CreateTopicsAsync([new TopicSpecification
            {
                Name = name,
                NumPartitions = partitions,
                ReplicationFactor = DefaultReplicationFactor,
                Configs = compacted ? new Dictionary<string, string>(StringComparer.Ordinal) { ["cleanup.policy"] = "compact" } : null,
            }], new CreateTopicsOptions { RequestTimeout = BrokerTimeout });
            return true;
        }
        catch (CreateTopicsException e) when (e.Results.TrueForAll(r => r.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            return false;
        }
    }

    /// <summary>Deletes a topic.</summary>
    /// <exception cref="KafkaException">The topic cannot be deleted.</exception>
    public static async Task DeleteAsync(KafkaOptions kafka, string name)
    {
        using var admin = Connect(kafka, null);
        await admin.DeleteTopicsAsync([name]);
    }

    // Without a handler, librdkafka writes to standard error.
    private static IAdminClient Connect(KafkaOptions kafka, ILogger? logger) => new AdminClientBuilder(ClientSettings.ForAdmin(kafka))
        .SetLogHandler((_, message) => ClientLog.Forward(logger ?? NullLogger.Instance, message))
        .SetErrorHandler((_, _) => { })
        .Build();
}
