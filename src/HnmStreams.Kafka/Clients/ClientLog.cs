using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Clients;

/// <summary>A bridge from librdkafka's log to the service's log. Called on librdkafka's own threads.</summary>
internal static partial class ClientLog
{
    /// <summary>
    /// Forwards a line at librdkafka's level. Connection failures are lowered to Debug: librdkafka repeats them several
    /// times per second while a broker is unreachable, and the rate-limited error handler reports them already.
    /// The lines contain no values of settings.
    /// </summary>
    public static void Forward(ILogger logger, LogMessage message)
    {
        var level = message.Facility is "FAIL" or "ERROR" ? LogLevel.Debug : (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        LogNative(logger, level, message.Name, message.Facility, message.Message);
    }

    [LoggerMessage(EventId = 100, Message = "{Client} {Facility}: {Text}")]
    private static partial void LogNative(ILogger logger, LogLevel level, string client, string facility, string text);
}
