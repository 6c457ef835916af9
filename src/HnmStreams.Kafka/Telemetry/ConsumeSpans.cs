using System.Diagnostics;
using System.Globalization;
using System.Text;
using HnmStreams.Data.Records;

namespace HnmStreams.Kafka.Telemetry;

/// <summary>The spans of the traced records of a chunk, one per record, from the handover of the chunk until the learner has room for it.</summary>
internal readonly struct ConsumeSpans : IDisposable
{
    private readonly List<Activity>? _spans;

    private ConsumeSpans(List<Activity> spans) => _spans = spans;

    /// <summary>Starts the spans, as children of the producers' spans, and continues the records' traces with them. Allocates nothing if no record is traced.</summary>
    /// <param name="traced">The indices of the traced records.</param>
    public static ConsumeSpans Start(string topic, RecordChunk chunk, ReadOnlySpan<int> traced)
    {
        if (traced.Length == 0 || !KafkaInstruments.Spans.HasListeners())
            return default;
        // The spans are siblings, so none of them may become the parent of the next one.
        var before = Activity.Current;
        var spans = new List<Activity>(traced.Length);
        foreach (var index in traced)
        {
            var record = chunk.Records[index];
            var started = KafkaInstruments.Spans.StartActivity("hnm.consume", ActivityKind.Consumer, record.TraceParent);
            Activity.Current = before;
            if (started is not { } span)
                continue;
            span.SetTag("messaging.system", "kafka")
                .SetTag("messaging.operation.type", "receive")
                .SetTag("messaging.destination.name", topic)
                .SetTag("messaging.destination.partition.id", record.Partition.ToString(CultureInfo.InvariantCulture))
                .SetTag("messaging.kafka.offset", record.Offset)
                .SetTag("messaging.kafka.message.key", record.Key.IsNull ? null : Encoding.UTF8.GetString(chunk.Read(record.Key).Span))
                .SetTag("messaging.batch.message_count", chunk.Count);
            chunk.Continue(index, span.Context);
            spans.Add(span);
        }

        return new ConsumeSpans(spans);
    }

    public void Dispose()
    {
        foreach (var span in _spans ?? [])
            span.Dispose();
    }
}
