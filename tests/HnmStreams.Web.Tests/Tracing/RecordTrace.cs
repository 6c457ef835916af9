using System.Diagnostics;

namespace HnmStreams.Web.Tests.Tracing;

/// <summary>Traces of records as the service emits them, from its own activity source.</summary>
internal static class RecordTrace
{
    private static readonly ActivitySource Source = new("HnmStreams.Tests.Tracing");

    /// <summary>Emits the spans of a record.</summary>
    /// <param name="steps">The training steps that use it. A version follows each.</param>
    /// <returns>The id of the trace.</returns>
    public static string Emit(string key, int partition, long offset, string outcome, params long[] steps)
    {
        var producer = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);
        using var consume = Start("hnm.consume", producer, ("messaging.destination.name", "t"), ("messaging.kafka.message.key", key), ("messaging.destination.partition.id", $"{partition}"), ("messaging.kafka.offset", offset));
        consume?.Stop();
        if (consume is null)
            return producer.TraceId.ToHexString();
        var rank = Start("hnm.rank", consume.Context, ("hnm.rank.outcome", outcome), ("hnm.rank.reason", "the pool has room"), ("hnm.hardness", 0.5f), ("hnm.model.version", 7L))!;
        rank.Stop();
        foreach (var step in steps)
        {
            using var train = Start("hnm.train", rank.Context, ("hnm.train.step", step), ("hnm.train.origin", "hard"), ("hnm.hardness", 0.4f))!;
            Start("hnm.publish", train.Context, ("hnm.model.version", step + 100))!.Stop();
        }

        return producer.TraceId.ToHexString();
    }

    private static Activity? Start(string name, ActivityContext parent, params (string Key, object Value)[] tags)
    {
        var span = Source.StartActivity(name, ActivityKind.Internal, parent);
        Activity.Current = null;
        foreach (var (key, value) in tags)
            span?.SetTag(key, value);
        return span;
    }
}
