using System.Diagnostics;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Composition;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Pipeline.Tests.Ranking;
using HnmStreams.Testing;
using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;

namespace HnmStreams.Pipeline.Tests.Telemetry;

/// <summary>Tests of the spans of traced records: each record has its own trace.</summary>
public sealed class PipelineSpansTests : IDisposable
{
    private static readonly MixPlan Nothing = new(0, 0, 0, 0, default, []);

    private readonly EndedSpans _ended = new(PipelineInstruments.Name);

    public void Dispose() => _ended.Dispose();

    [Fact]
    public void Work_without_a_traced_record_has_no_spans_even_with_a_listener()
    {
        using var batch = new ExampleBatch(1, 4);
        Assert.Null(PipelineSpans.StartBatch(batch));
        Assert.Null(PipelineSpans.StartScoring(batch));
        using var training = new TrainingBatch(Nothing);
        Assert.Null(PipelineSpans.StartStep(training));
        Assert.Null(PipelineSpans.StartPublishing([]));
    }

    [Fact]
    public void A_batch_continues_the_trace_of_each_traced_record()
    {
        var (first, second) = (EndedSpans.NewTrace(), EndedSpans.NewTrace());
        using var batch = RankerTests.Batch(0, ("a", 0, 5), ("b", 0, 4), ("c", 0, 3));
        Follow(batch, 0, first);
        Follow(batch, 2, second);
        using var spans = PipelineSpans.StartBatch(batch)!;
        Assert.Equal([(first.TraceId, first.SpanId), (second.TraceId, second.SpanId)], spans.Spans.Select(s => (s!.TraceId, s.ParentSpanId)));
        Assert.Equal(spans.Spans.Select(s => s!.Context), [batch.Sources[0].Trace, batch.Sources[2].Trace]);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void A_record_that_is_not_scored_has_no_score_span()
    {
        using var batch = RankerTests.Batch(0, ("a", 0, 5), ("b", 0, 4));
        batch.ToScore.Remove(1);
        Follow(batch, 0, EndedSpans.NewTrace());
        Follow(batch, 1, EndedSpans.NewTrace());
        batch.BatchSpans = PipelineSpans.StartBatch(batch);
        using var spans = PipelineSpans.StartScoring(batch)!;
        Assert.Equal(batch.Sources[0].Trace.SpanId, Assert.Single(spans.Spans)!.ParentSpanId);
    }

    [Fact]
    public void The_rank_span_has_the_decision_of_the_pool_and_its_reason()
    {
        using var ranker = RankerTests.Ranker(o => o.Pool.Count = 1);
        var traces = new[] { EndedSpans.NewTrace(), EndedSpans.NewTrace(), EndedSpans.NewTrace(), EndedSpans.NewTrace() };
        TakeIn(ranker, RankerTests.Batch(0, ("a", 0, 5), ("b", 0, 3), ("p", 1, 9), ("c", 0, 7)), traces);

        Assert.Equal(("admitted", "the pool has room", null), Decision(traces[0]));
        Assert.Equal(("rejected", "not harder than the easiest candidate of the full pool", 5f), Decision(traces[1]));
        Assert.Equal(("positive", "a positive is trained on, not mined", null), Decision(traces[2]));
        Assert.Equal(("admitted", "harder than the easiest candidate of the full pool", 5f), Decision(traces[3]));
        Assert.Equal(3f, Rank(traces[1]).GetTagItem("hnm.hardness"));
        Assert.Equal("b", Rank(traces[1]).GetTagItem("hnm.example.id"));
        // The record that the last one evicted.
        Assert.Contains(_ended.All, s => s.OperationName == "hnm.pool.leave" && s.TraceId == traces[0].TraceId);
    }

    [Fact]
    public void A_record_in_the_pool_that_arrives_again_is_updated()
    {
        using var ranker = RankerTests.Ranker(_ => { });
        var traces = new[] { EndedSpans.NewTrace(), EndedSpans.NewTrace() };
        TakeIn(ranker, RankerTests.Batch(0, ("a", 0, 5), ("a", 0, 4)), traces);
        Assert.Equal("updated", Decision(traces[1]).Outcome);
    }

    [Fact]
    public void A_hardness_that_is_not_a_number_is_rejected_with_the_reason()
    {
        using var ranker = RankerTests.Ranker(_ => { });
        var trace = EndedSpans.NewTrace();
        TakeIn(ranker, RankerTests.Batch(0, ("a", 0, float.NaN)), [trace]);
        Assert.Equal(("rejected", "the hardness is not a number", null), Decision(trace));
    }

    [Fact]
    public void A_training_step_and_its_version_continue_the_trace_of_each_used_record()
    {
        using var ranker = RankerTests.Ranker(o => o.Mix.BatchSize = 4);
        var traces = new[] { EndedSpans.NewTrace(), EndedSpans.NewTrace() };
        TakeIn(ranker, RankerTests.Batch(0, ("n", 0, 5), ("p", 1, 5)), traces);
        using var batch = ranker.Rounds.TryDraw()!;
        using var steps = PipelineSpans.StartStep(batch)!;
        var step = steps.Spans.First(s => s!.TraceId == traces[1].TraceId)!;
        Assert.Equal((Rank(traces[1]).SpanId, "new"), (step.ParentSpanId, step.GetTagItem("hnm.train.origin")));
        // Two steps of one record and one of another make two publish spans.
        using var published = PipelineSpans.StartPublishing([step.Context, step.Context, EndedSpans.NewTrace()])!;
        Assert.Equal(2, published.Spans.Count);
        Assert.Equal(step.SpanId, published.Spans[0]!.ParentSpanId);
    }

    [Fact]
    public void The_number_of_traced_uses_of_an_example_is_bounded()
    {
        var source = new RowSource(ExampleKey.Of("a"), "a", new Origin("t", 0, 0), default, EndedSpans.NewTrace());
        var example = new StoredExample(source, default, 0, 1);
        Assert.Equal(12, Enumerable.Range(0, 1_000).Count(_ => example.TryTraceUse()));
    }

    [Fact]
    public void A_part_of_a_training_batch_keeps_the_traces_of_its_rows()
    {
        using var training = new TrainingBatch(Nothing);
        for (var row = 0; row < 3; row++)
        {
            training.Rows.Add([1], 0, 1);
            training.Keys.Add(new CandidateKey(ExampleKey.Of($"{row}"), 0));
            training.Origins.Add(new OffsetSpan("t", 0, row, row));
        }

        var sampled = EndedSpans.NewTrace();
        training.Traces.Add(new TracedUse(0, EndedSpans.NewTrace(), "hard"));
        training.Traces.Add(new TracedUse(2, sampled, "random"));
        using var part = training.Of([1, 2]);
        Assert.Equal([new TracedUse(1, sampled, "random")], part.Traces);
    }

    private static void TakeIn(Pipeline.Ranking.Ranker ranker, ExampleBatch batch, ActivityContext[] traces)
    {
        for (var row = 0; row < traces.Length; row++)
            Follow(batch, row, traces[row]);
        batch.BatchSpans = PipelineSpans.StartBatch(batch);
        ranker.TakeIn(batch);
        batch.Dispose();
    }

    private static void Follow(ExampleBatch batch, int row, ActivityContext trace)
    {
        batch.Sources[row] = batch.Sources[row].Following(trace);
        batch.Traced.Add(new TracedRow(false, row));
    }

    private Activity Rank(ActivityContext trace) => Assert.Single(_ended.All, s => s.OperationName == "hnm.rank" && s.TraceId == trace.TraceId);

    private (string? Outcome, string? Reason, float? Threshold) Decision(ActivityContext trace)
    {
        var span = Rank(trace);
        return ((string?)span.GetTagItem("hnm.rank.outcome"), (string?)span.GetTagItem("hnm.rank.reason"), (float?)span.GetTagItem("hnm.pool.threshold"));
    }
}
