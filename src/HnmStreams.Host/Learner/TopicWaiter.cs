using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;

namespace HnmStreams.Host.Learner;

/// <summary>The wait for the topic and its broker, so that the service may start before them.</summary>
internal static partial class TopicWaiter
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    // librdkafka's mock cluster does not report ids.
    private static readonly TopicIdentity Unknown = new("", "", 0);

    /// <summary>Waits until the topic exists and returns its identity.</summary>
    /// <param name="waiting">Called with the reason while waiting, and with null when the wait is over.</param>
    /// <exception cref="InvalidOperationException">The broker rejects the credentials.</exception>
    public static async Task<TopicIdentity> WaitAsync(KafkaOptions kafka, Action<string?> waiting, TimeProvider time, ILogger logger, CancellationToken stop)
    {
        string? loggedReason = null;
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
            catch (KafkaException e) when (!IsAuthorizationFailure(e.Error.Code))
            {
                reason = e.Error.Code switch
                {
                    ErrorCode.Local_Resolve => $"the host name of the broker is unknown: {kafka.BootstrapServers}",
                    ErrorCode.Local_Transport when e.Error.Reason.Contains("refused", StringComparison.OrdinalIgnoreCase) =>
                        $"no broker runs at {kafka.BootstrapServers}: the connection is refused",
                    _ => $"no broker responds at {kafka.BootstrapServers} ({e.Error.Code}: {e.Error.Reason})",
                };
            }
            catch (KafkaException e)
            {
                throw new InvalidOperationException(
                    $"The broker at {kafka.BootstrapServers} rejects this service ({e.Error.Code}: {e.Error.Reason}). Check security.protocol and sasl.* in kafka.client, and the ACLs of the topic.", e);
            }

            waiting(reason);
            if (!string.Equals(loggedReason, reason, StringComparison.Ordinal))
                LogWaiting(logger, loggedReason = reason);
            await Task.Delay(RetryInterval, time, stop);
        }
    }

    private static bool IsAuthorizationFailure(ErrorCode code) => code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed
        or ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.GroupAuthorizationFailed;

    [LoggerMessage(EventId = 220, Level = LogLevel.Warning, Message = "Waiting, because {Reason}.")]
    private static partial void LogWaiting(ILogger logger, string reason);
}
