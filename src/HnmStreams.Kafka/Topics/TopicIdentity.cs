using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Topics;

/// <summary>The identity of a topic beyond its name. A topic that is deleted and re-created has another id.</summary>
/// <param name="ClusterId">The id of the cluster; empty if it has none.</param>
/// <param name="TopicId">The topic's id as 32 hexadecimal digits; empty if the broker has none (before Kafka 2.8, and librdkafka's mock cluster).</param>
/// <param name="Partitions">The number of partitions.</param>
public sealed record TopicIdentity(string ClusterId, string TopicId, int Partitions)
{
    /// <summary>False for librdkafka's mock cluster, which has no controller: it creates topics on first use, and requests for topics time out.</summary>
    public bool HasController => ClusterId.Length > 0;

    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Requests the identity of <see cref="KafkaOptions.Topic"/> from the broker, without a retry.</summary>
    /// <returns>The identity, or null if the topic does not exist.</returns>
    /// <exception cref="KafkaException">The broker did not answer, or rejected the request.</exception>
    public static async Task<TopicIdentity?> ReadAsync(KafkaOptions kafka, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        // A request without valid credentials or without a connection only times out; the error handler reports the reason.
        Error? connection = null;
        var rejected = new TaskCompletionSource<Error>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var admin = new AdminClientBuilder(ClientSettings.ForAdmin(kafka))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, error) =>
            {
                if (error.Code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed)
                    rejected.TrySetResult(error);
                else if (error.Code is ErrorCode.Local_Resolve or ErrorCode.Local_Transport)
                    connection = error;
                else if (error.Code == ErrorCode.Local_AllBrokersDown)
                    rejected.TrySetResult(connection ?? error);
            })
            .Build();
        DescribeClusterResult cluster;
        try
        {
            var describing = admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = BrokerTimeout });
            if (await Task.WhenAny(describing, rejected.Task).WaitAsync(cancellationToken) == rejected.Task)
                throw new KafkaException(await rejected.Task);
            cluster = await describing;
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_TimedOut)
        {
            // librdkafka's mock cluster has no controller but answers metadata requests. A request for all topics creates none.
            var known = await Task.Run(() => admin.GetMetadata(BrokerTimeout), cancellationToken);
            return known.Topics.Find(t => string.Equals(t.Topic, kafka.Topic, StringComparison.Ordinal)) is { } found
                ? new TopicIdentity("", "", found.Partitions.Count)
                : null;
        }

        try
        {
            var topics = await admin.DescribeTopicsAsync(
                TopicCollection.OfTopicNames([kafka.Topic]), new DescribeTopicsOptions { RequestTimeout = BrokerTimeout }).WaitAsync(cancellationToken);
            var topic = topics.TopicDescriptions.Single();
            return new TopicIdentity(cluster.ClusterId ?? "", Text(topic.TopicId), topic.Partitions.Count);
        }
        catch (DescribeTopicsException e) when (e.Results.TopicDescriptions.TrueForAll(t => t.Error.Code == ErrorCode.UnknownTopicOrPart))
        {
            return null;
        }
    }

    private static string Text(Uuid? id) => id is null || (id.MostSignificantBits.Value == 0 && id.LeastSignificantBits.Value == 0)
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{id.MostSignificantBits.Value:x16}{id.LeastSignificantBits.Value:x16}");
}
