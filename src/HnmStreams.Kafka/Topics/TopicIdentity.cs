using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Topics;

/// <summary>Which topic it is, beyond its name: a topic that is deleted and made again has another id.</summary>
/// <param name="ClusterId">Empty where the cluster has none.</param>
/// <param name="TopicId">32 hexadecimal digits; empty where the broker gives none (before Kafka 2.8, and librdkafka's own cluster).</param>
public sealed record TopicIdentity(string ClusterId, string TopicId, int Partitions)
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Asks the broker, once.</summary>
    /// <returns>Null where there is no such topic.</returns>
    /// <exception cref="KafkaException">The broker does not answer, or refuses to.</exception>
    public static async Task<TopicIdentity?> ReadAsync(KafkaOptions kafka, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        // A request that nobody lets in only times out; why is told beside it.
        var refused = new TaskCompletionSource<Error>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var admin = new AdminClientBuilder(ClientSettings.ForAdmin(kafka))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, error) =>
            {
                if (error.Code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed)
                    refused.TrySetResult(error);
            })
            .Build();
        DescribeClusterResult cluster;
        try
        {
            var describing = admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = BrokerTimeout });
            if (await Task.WhenAny(describing, refused.Task).WaitAsync(cancellationToken) == refused.Task)
                throw new KafkaException(await refused.Task);
            cluster = await describing;
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_TimedOut)
        {
            // librdkafka's own cluster has no controller to ask, but answers other questions. Asking for all topics makes none.
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
