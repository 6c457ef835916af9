using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;

namespace HnmStreams.Host.Learner;

/// <summary>Waits until the topic can be asked who it is: a service that starts before its broker waits for it.</summary>
internal static partial class TopicWaiter
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    // Known before and after: what cannot tell is librdkafka's own cluster.
    private static readonly TopicIdentity Unknown = new("", "", 0);

    /// <param name="waiting">Hears what is waited for, and null when that is over.</param>
    /// <exception cref="InvalidOperationException">The broker refuses these credentials.</exception>
    public static async Task<TopicIdentity> ReadAsync(KafkaOptions kafka, Action<string?> waiting, TimeProvider time, ILogger logger, CancellationToken stop)
    {
        string? told = null;
        while (true)
        {
            var reason = $"there is no topic {kafka.Topic} at {kafka.BootstrapServers}";
            try
            {
                if (await TopicIdentity.ReadAsync(kafka, stop) is { } identity)
                {
                    waiting(null);
                    return identity;
                }
            }
            catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnsupportedFeature)
            {
                return Unknown;
            }
            catch (KafkaException e) when (!IsRefusal(e.Error.Code))
            {
                reason = $"no broker answers at {kafka.BootstrapServers} ({e.Error.Code}: {e.Error.Reason})";
            }
            catch (KafkaException e)
            {
                throw new InvalidOperationException(
                    $"The broker at {kafka.BootstrapServers} refuses this service ({e.Error.Code}: {e.Error.Reason}). Look at security.protocol and sasl.* in kafka.client, and at the topic's access rules.", e);
            }

            waiting(reason);
            if (!string.Equals(told, reason, StringComparison.Ordinal))
                LogWaiting(logger, told = reason);
            await Task.Delay(Between, time, stop);
        }
    }

    private static bool IsRefusal(ErrorCode code) => code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed
        or ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.GroupAuthorizationFailed;

    [LoggerMessage(EventId = 220, Level = LogLevel.Warning, Message = "Waiting: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);
}
