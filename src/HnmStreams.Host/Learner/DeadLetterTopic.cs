using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;

namespace HnmStreams.Host.Learner;

/// <summary>The topic of dead letters, created if the broker does not create topics automatically.</summary>
internal static partial class DeadLetterTopic
{
    /// <summary>Creates the topic if it is missing. A failure is only logged, because the topic is not needed until the first poison record.</summary>
    public static async Task EnsureAsync(KafkaOptions kafka, ILogger logger)
    {
        var topic = kafka.DeadLetterTopicOrDefault;
        try
        {
            if (await TopicAdmin.CreateAsync(kafka, topic, partitions: 1, logger: logger))
                LogCreated(logger, topic);
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            LogCreationFailed(logger, topic, e.Message);
        }
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Information, Message = "Created the topic {Topic} for records that cannot become an example.")]
    private static partial void LogCreated(ILogger logger, string topic);

    [LoggerMessage(EventId = 211, Level = LogLevel.Warning, Message = "The topic {Topic} could not be checked: {Reason}. If it does not exist and the broker does not create it, the service stops at the first record that cannot become an example. Create it, or set kafka.deadLetterTopic.")]
    private static partial void LogCreationFailed(ILogger logger, string topic, string reason);
}
