using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;

namespace HnmStreams.Host.Learner;

/// <summary>The topic of predictions, created if the broker does not create topics automatically.</summary>
internal static partial class PredictionsTopic
{
    /// <summary>Creates the topic if it is missing, with as many partitions as the topic of examples. A failure is only logged: the first prediction reports it as well.</summary>
    public static async Task EnsureAsync(KafkaOptions kafka, string topic, int partitions, ILogger logger)
    {
        try
        {
            if (await TopicAdmin.CreateAsync(kafka, topic, partitions, logger: logger))
                LogCreated(logger, topic);
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            LogCreationFailed(logger, topic, e.Message);
        }
    }

    [LoggerMessage(EventId = 212, Level = LogLevel.Information, Message = "Created the topic {Topic} for predictions.")]
    private static partial void LogCreated(ILogger logger, string topic);

    [LoggerMessage(EventId = 213, Level = LogLevel.Warning, Message = "The topic {Topic} could not be checked: {Reason}. If it does not exist and the broker does not create it, the service stops at the first prediction. Create it, or set kafka.predictionsTopic.")]
    private static partial void LogCreationFailed(ILogger logger, string topic, string reason);
}
