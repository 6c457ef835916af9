using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Clients;

/// <summary>What the native clients say, brought to the service's log. Called on librdkafka's own threads.</summary>
internal static partial class ClientLog
{
    /// <summary>
    /// librdkafka's line at the level that it was given; but of connections that fail, which it repeats several times a
    /// second while a broker is away, the rate-limited error handler tells already. Its lines carry no setting's value.
    /// </summary>
    public static void Forward(ILogger logger, LogMessage message)
    {
        var level = message.Facility is "FAIL" or "ERROR" ? LogLevel.Debug : (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        Native(logger, level, message.Name, message.Facility, message.Message);
    }

    [LoggerMessage(EventId = 100, Message = "{Client} {Facility}: {Text}")]
    private static partial void Native(ILogger logger, LogLevel level, string client, string facility, string text);
}
