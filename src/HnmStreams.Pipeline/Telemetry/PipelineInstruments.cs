using System.Diagnostics;
using System.Diagnostics.Metrics;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Telemetry;

/// <summary>All that the pipeline measures: one meter, one source of spans, UCUM units.</summary>
internal static class PipelineInstruments
{
    public const string Name = "HnmStreams.Pipeline";

    // As many as an exporter keeps unless told otherwise.
    private const int MostLinks = 128;

    // What decoders, tasks and the isolation of deadly records give as their reason.
    private static readonly string[] Reasons =
    [
        DecodeReasons.Malformed, DecodeReasons.TooLarge, DecodeReasons.WrongShape, DecodeReasons.NotFinite, DecodeReasons.MissingId,
        DecodeReasons.MissingTarget, DecodeReasons.MissingInput, DecodeReasons.UnknownFormat, DecodeReasons.KeyMismatch,
        "unknown-label", "wrong-target", "wrong-input", "wrong-type", "kills-process",
    ];

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> DeadLettered =
        Meter.CreateCounter<long>("hnm.examples.dead_lettered", "{record}", "Records that could not become an example, by reason.");

    public static readonly Counter<long> Examples =
        Meter.CreateCounter<long>("hnm.examples.consumed", "{example}", "Examples taken into the learner's state, by what became of them.");

    public static readonly Counter<long> Repeats =
        Meter.CreateCounter<long>("hnm.records.repeated", "{record}", "Records that came a second time and were dropped, since the state has them.");

    public static readonly Histogram<double> CheckpointDuration =
        Meter.CreateHistogram<double>("hnm.checkpoint.duration", "s", "From the request of a checkpoint until it lies on the disk, by outcome.");

    public static readonly Histogram<double> CheckpointStall =
        Meter.CreateHistogram<double>("hnm.checkpoint.stall", "s", "Time that a checkpoint took from the ranking stage or from the trainer.");

    public static readonly Counter<long> FailedBatches =
        Meter.CreateCounter<long>("hnm.batches.failed", "{batch}", "Batches that could not be scored, after the second try.");

    public static readonly Counter<long> BatchesHalved =
        Meter.CreateCounter<long>("hnm.batches.halved", "{batch}", "Batches that the device's memory did not suffice for and that were halved, by owner.");

    public static readonly Histogram<double> ScoringDuration =
        Meter.CreateHistogram<double>("hnm.score.duration", "s", "Compute time of one scored batch.");

    public static readonly Histogram<double> TrainingDuration =
        Meter.CreateHistogram<double>("hnm.train.duration", "s", "Compute time of one training step.");

    public static readonly Counter<long> Steps =
        Meter.CreateCounter<long>("hnm.train.steps", "{step}", "Training steps, by outcome (applied, refused).");

    public static readonly Counter<long> Drawn =
        Meter.CreateCounter<long>("hnm.train.examples", "{example}", "Rows drawn for training steps, by where they were drawn from.");

    public static readonly Counter<long> Shortfalls =
        Meter.CreateCounter<long>("hnm.mix.shortfalls", "{batch}", "Training batches that could not be made up as asked.");

    public static readonly Counter<long> Published =
        Meter.CreateCounter<long>("hnm.model.published", "{version}", "Model versions that went to the scorers.");

    /// <summary>Makes what counts rare events appear with 0: the rate of a series that begins with its first event does not show that event.</summary>
    public static void AppearAtZero()
    {
        foreach (var reason in Reasons)
            DeadLettered.Add(0, new KeyValuePair<string, object?>("reason", reason));
        Repeats.Add(0);
        FailedBatches.Add(0);
        Shortfalls.Add(0);
        foreach (var outcome in (ReadOnlySpan<string>)["applied", "refused"])
            Steps.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
        foreach (var origin in (ReadOnlySpan<string>)["fresh", "positive", "hard", "random"])
            Drawn.Add(0, new KeyValuePair<string, object?>("origin", origin));
    }

    /// <summary>
    /// The span of one batch from its cut to its ranking: in the trace of the first sampled record in it, below the span
    /// of its consumption, and linked to the other sampled records. Null, and nothing allocated, where there is none.
    /// </summary>
    public static Activity? StartBatch(ExampleBatch batch)
    {
        if (batch.Traces.Count == 0)
            return null;
        // The span ends in another stage: it must not become the parent of whatever this thread does next.
        var before = Activity.Current;
        var first = batch.Traces[0];
        var others = batch.Traces.Skip(1);
        // A chunk's span lies in the trace of the first sampled record of the chunk, which may be another batch's.
        var span = batch.Consumed.TraceId == first.TraceId
            ? Start("hnm.batch", ActivityKind.Consumer, batch.Consumed, others)
            : Start("hnm.batch", ActivityKind.Consumer, first, batch.Consumed.TraceId == default ? others : others.Prepend(batch.Consumed));
        Activity.Current = before;
        return span?.SetTag("hnm.batch.number", batch.Number).SetTag("hnm.batch.examples", batch.Examples);
    }

    /// <summary>One stage's work on a batch, below the batch's span.</summary>
    public static Activity? StartStage(string name, ActivityContext parent) =>
        parent.TraceId == default ? null : Source.StartActivity(name, ActivityKind.Internal, parent);

    /// <summary>A training step: in the trace of the first sampled example that it learns from, linked to the others.</summary>
    public static Activity? StartStep(TrainingBatch batch) =>
        batch.Traces.Count == 0 ? null : Start("hnm.train", ActivityKind.Internal, batch.Traces[0].Producer, batch.Traces.Skip(1).Select(t => t.Producer));

    /// <summary>The publication of a version: below the first traced step that made it, linked to the others.</summary>
    public static Activity? StartPublish(IReadOnlyList<ActivityContext> steps) =>
        steps.Count == 0 ? null : Start("hnm.publish", ActivityKind.Producer, steps[0], steps.Skip(1));

    private static Activity? Start(string name, ActivityKind kind, ActivityContext parent, IEnumerable<ActivityContext> others) =>
        Source.HasListeners()
            ? Source.StartActivity(kind, parent, links: others.Take(MostLinks).Select(other => new ActivityLink(other)), name: name)
            : null;
}
