using System.Diagnostics;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Telemetry;

/// <summary>
/// The spans of the pipeline. Each traced record has its own trace: batch, score and rank follow its consumption, each training step that used
/// it follows its ranking, and the first version that contains the step follows the step. Work for records that are not traced allocates nothing.
/// </summary>
internal static class PipelineSpans
{
    private static readonly ActivitySource Source = new(PipelineInstruments.Name);

    /// <summary>Starts the spans of a batch, from batching to ranking, and continues the records' traces with them. Returns null if no record is traced.</summary>
    public static SpanGroup? StartBatch(ExampleBatch batch)
    {
        if (batch.Traced.Count == 0 || !Source.HasListeners())
            return null;
        var spans = new Activity?[batch.Traced.Count];
        for (var i = 0; i < spans.Length; i++)
        {
            var (isHeldOut, row) = batch.Traced[i];
            var sources = isHeldOut ? batch.HeldOutSources : batch.Sources;
            spans[i] = Start("hnm.batch", sources[row].Trace)?.SetTag("hnm.batch.number", batch.Number).SetTag("hnm.batch.examples", batch.Examples);
            if (spans[i] is { } span)
                sources[row] = sources[row].Following(span.Context);
        }

        return new SpanGroup(spans);
    }

    /// <summary>Starts the spans of scoring, one per traced record that is scored.</summary>
    public static SpanGroup? StartScoring(ExampleBatch batch) => batch.BatchSpans is null
        ? null
        : new SpanGroup([.. batch.Traced.Where(t => !t.IsHeldOut && batch.ToScore.BinarySearch(t.Row) >= 0).Select(t => Start("hnm.score", batch.Sources[t.Row].Trace))]);

    /// <summary>Starts the span of the ranking of one record, and continues its trace with it. Returns null if the record is not traced.</summary>
    public static Activity? StartRanking(List<RowSource> sources, int row)
    {
        if (sources[row].Trace.TraceId == default || Start("hnm.rank", sources[row].Trace) is not { } span)
            return null;
        sources[row] = sources[row].Following(span.Context);
        return span;
    }

    /// <summary>Sets the result of the ranking of one record.</summary>
    /// <param name="outcome">admitted, rejected, updated, positive, indexed, held-out or unscored.</param>
    public static void Conclude(Activity? span, string outcome, string reason) =>
        span?.SetTag("hnm.rank.outcome", outcome).SetTag("hnm.rank.reason", reason);

    /// <summary>Starts the spans of a training step, one per traced row, in the order of the traced rows.</summary>
    public static SpanGroup? StartStep(TrainingBatch batch) => batch.Traces.Count == 0 || !Source.HasListeners()
        ? null
        : new SpanGroup([.. batch.Traces.Select(t => Start("hnm.train", t.Parent)?.SetTag("hnm.train.origin", t.Origin).SetTag("hnm.batch.examples", batch.Rows.Count))]);

    /// <summary>Starts the spans of publishing a version: one per trace, as a child of its first step since the version before.</summary>
    public static SpanGroup? StartPublishing(IReadOnlyList<ActivityContext> steps) =>
        steps.Count == 0 ? null : new SpanGroup([.. steps.DistinctBy(s => s.TraceId).Select(s => Start("hnm.publish", s))]);

    /// <summary>Marks that an example has left the pool: it was evicted, used up, expired or moved to the quarantine.</summary>
    public static void Leave(StoredExample example)
    {
        if (example.Trace.TraceId != default)
            Start("hnm.pool.leave", example.Trace)?.Dispose();
    }

    // Spans end in another stage than they begin in, so none may become the parent of later work on this thread.
    private static Activity? Start(string name, ActivityContext parent)
    {
        var before = Activity.Current;
        var span = Source.StartActivity(name, ActivityKind.Internal, parent);
        Activity.Current = before;
        return span;
    }
}
