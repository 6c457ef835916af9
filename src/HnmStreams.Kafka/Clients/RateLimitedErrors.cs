using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Clients;

/// <summary>
/// An error log of one client that writes at most one line per ten seconds. It counts every error and keeps the newest.
/// Thread-safe.
/// </summary>
internal sealed partial class RateLimitedErrors(string client, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long? _lastLoggedAt;
    private long _suppressed;
    private ClientError? _last;

    /// <summary>The newest error, or null.</summary>
    public ClientError? Last => Volatile.Read(ref _last);

    public void Report(string code, string text)
    {
        KafkaInstruments.Errors.Add(1, KafkaInstruments.Tag("client", client), KafkaInstruments.Tag("code", code));
        Volatile.Write(ref _last, new ClientError(time.GetUtcNow(), code, text));
        long suppressed;
        lock (_lock)
        {
            if (_lastLoggedAt is { } loggedAt && time.GetElapsedTime(loggedAt) < LogInterval)
            {
                _suppressed++;
                return;
            }

            _lastLoggedAt = time.GetTimestamp();
            suppressed = _suppressed;
            _suppressed = 0;
        }

        LogError(logger, client, code, text, suppressed);
    }

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "The Kafka client {Client} reports {Code}: {Text} ({Suppressed} more errors since the last message).")]
    private static partial void LogError(ILogger logger, string client, string code, string text, long suppressed);
}
