using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;

namespace HnmStreams.Host.Learner;

/// <summary>Sees to it that there is a place for dead letters, where the broker makes no topic by itself.</summary>
internal static partial class DeadLetterTopic
{
    /// <summary>Makes the topic where it is missing; what keeps it from that is logged, since the run can do without until the first poison comes.</summary>
    public static async Task EnsureAsync(KafkaOptions kafka, ILogger logger)
    {
        var topic = kafka.DeadLetterTopicOrDefault;
        try
        {
            if (await TopicAdmin.CreateAsync(kafka, topic, partitions: 1))
                LogMade(logger, topic);
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnsupportedFeature)
        {
            // librdkafka's own cluster (hnm broker): it makes topics on first use.
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            LogNotMade(logger, topic, e.Message);
        }
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Information, Message = "Made the topic {Topic}, where records go that cannot be decoded")]
    private static partial void LogMade(ILogger logger, string topic);

    [LoggerMessage(EventId = 211, Level = LogLevel.Warning, Message = "The topic {Topic} could not be looked after: {Reason}. If it is missing, dead letters are lost; make it, or name another by kafka.deadLetterTopic")]
    private static partial void LogNotMade(ILogger logger, string topic, string reason);
}
