using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Clients;

/// <summary>Counts every error, keeps the last, and writes at most one line in ten seconds with how many it left out. Thread-safe.</summary>
internal sealed partial class RateLimitedErrors(string client, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long? _lastLine;
    private long _leftOut;
    private ClientError? _last;

    /// <summary>The newest error, or null.</summary>
    public ClientError? Last => Volatile.Read(ref _last);

    public void Report(string code, string text)
    {
        KafkaInstruments.Errors.Add(1, KafkaInstruments.Tag("client", client), KafkaInstruments.Tag("code", code));
        Volatile.Write(ref _last, new ClientError(time.GetUtcNow(), code, text));
        long leftOut;
        lock (_lock)
        {
            if (_lastLine is { } stamp && time.GetElapsedTime(stamp) < Interval)
            {
                _leftOut++;
                return;
            }

            _lastLine = time.GetTimestamp();
            leftOut = _leftOut;
            _leftOut = 0;
        }

        Line(logger, client, code, text, leftOut);
    }

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "{Client}: {Code}: {Text} ({LeftOut} more since the last line)")]
    private static partial void Line(ILogger logger, string client, string code, string text, long leftOut);
}

/// <summary>An error of a Kafka client that did not end it.</summary>
/// <param name="Code">librdkafka's name of the error.</param>
public sealed record ClientError(DateTimeOffset At, string Code, string Text);
