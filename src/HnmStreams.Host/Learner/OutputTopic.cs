using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;

namespace HnmStreams.Host.Learner;

/// <summary>A topic that the service writes, created if the broker does not create topics automatically.</summary>
/// <param name="kafka">The broker's settings.</param>
/// <param name="name">The topic's name.</param>
/// <param name="partitions">The number of partitions of a new topic.</param>
/// <param name="content">The records of the topic, for messages.</param>
/// <param name="firstWrite">The event that first needs the topic, for messages.</param>
/// <param name="setting">The setting that names the topic.</param>
internal sealed partial class OutputTopic(KafkaOptions kafka, string name, int partitions, string content, string firstWrite, string setting)
{
    /// <summary>The topic of dead letters.</summary>
    public static OutputTopic DeadLetters(KafkaOptions kafka) =>
        new(kafka, kafka.DeadLetterTopicOrDefault, 1, "records that cannot become an example", "record that cannot become an example", "kafka.deadLetterTopic");

    /// <summary>The topic of predictions, with as many partitions as the topic of examples.</summary>
    public static OutputTopic Predictions(KafkaOptions kafka, string name, int partitions) =>
        new(kafka, name, partitions, "predictions", "prediction", "kafka.predictionsTopic");

    /// <summary>The topic of label requests, with as many partitions as the topic of examples.</summary>
    public static OutputTopic LabelRequests(KafkaOptions kafka, string name, int partitions) =>
        new(kafka, name, partitions, "label requests", "label request", "kafka.labelRequestsTopic");

    /// <summary>Creates the topic if it is missing. A failure is only logged, because the first write reports it as well, and may never come.</summary>
    public async Task EnsureAsync(ILogger logger)
    {
        try
        {
            if (await TopicAdmin.CreateAsync(kafka, name, partitions, logger: logger))
                LogCreated(logger, name, content);
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            LogCreationFailed(logger, name, e.Message, firstWrite, setting);
        }
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Information, Message = "Created the topic {Topic} for {Content}.")]
    private static partial void LogCreated(ILogger logger, string topic, string content);

    [LoggerMessage(EventId = 211, Level = LogLevel.Warning, Message = "The topic {Topic} could not be checked: {Reason}. If it does not exist and the broker does not create it, the service stops at the first {FirstWrite}. Create it, or set {Setting}.")]
    private static partial void LogCreationFailed(ILogger logger, string topic, string reason, string firstWrite, string setting);
}
