using System.Diagnostics;

namespace HnmStreams.Kafka.Telemetry;

/// <summary>The span of a chunk that contains sampled records.</summary>
internal static class ConsumeSpan
{
    /// <summary>The number of links that an OpenTelemetry span keeps by default.</summary>
    private const int MaxLinks = 128;

    /// <summary>Starts a span that is a child of the first producer span and is linked to the others. Returns null if nothing was sampled or nothing listens.</summary>
    public static Activity? Start(string topic, int records, IReadOnlyList<ActivityContext> parents)
    {
        if (parents.Count == 0 || !KafkaInstruments.Spans.HasListeners())
            return null;
        var span = KafkaInstruments.Spans.StartActivity(
            "hnm.consume", ActivityKind.Consumer, parents[0], links: parents.Skip(1).Take(MaxLinks).Select(parent => new ActivityLink(parent)));
        span?.SetTag("messaging.system", "kafka")
            .SetTag("messaging.operation.type", "receive")
            .SetTag("messaging.destination.name", topic)
            .SetTag("messaging.batch.message_count", records);
        return span;
    }
}
