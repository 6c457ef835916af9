using System.Diagnostics;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Composition;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Telemetry;
using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;

namespace HnmStreams.Pipeline.Tests.Telemetry;

/// <summary>Tests of the parents and links of the pipeline's spans.</summary>
public sealed class PipelineInstrumentsTests : IDisposable
{
    private static readonly MixPlan EmptyPlan = new(0, 0, 0, 0, default, []);

    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == PipelineInstruments.Name,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public PipelineInstrumentsTests() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Starts_no_span_without_a_sampled_record_even_with_a_listener()
    {
        using var batch = new ExampleBatch(1, 4);
        Assert.Null(PipelineInstruments.StartBatch(batch));
        Assert.Null(PipelineInstruments.StartStage("hnm.score", batch.Trace));
        using var training = new TrainingBatch(EmptyPlan);
        Assert.Null(PipelineInstruments.StartStep(training));
        Assert.Null(PipelineInstruments.StartPublish([]));
    }

    [Fact]
    public void A_batch_continues_the_trace_of_its_first_sampled_record_and_links_the_others()
    {
        var (first, second) = (Sampled(), Sampled());
        var consumed = new ActivityContext(first.TraceId, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        using var batch = new ExampleBatch(7, 4);
        batch.Follow(first, consumed);
        batch.Follow(second, consumed);
        using var span = PipelineInstruments.StartBatch(batch)!;
        Assert.Equal((consumed.TraceId, consumed.SpanId), (span.TraceId, span.ParentSpanId));
        Assert.Equal([second.SpanId], span.Links.Select(l => l.Context.SpanId));
        Assert.Equal(7L, span.GetTagItem("hnm.batch.number"));
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void A_batch_whose_chunk_belongs_to_another_trace_links_the_consumer_span()
    {
        var (second, consumed) = (Sampled(), Sampled());
        using var batch = new ExampleBatch(7, 4);
        batch.Follow(second, consumed);
        using var span = PipelineInstruments.StartBatch(batch)!;
        Assert.Equal((second.TraceId, second.SpanId), (span.TraceId, span.ParentSpanId));
        Assert.Equal([consumed.SpanId], span.Links.Select(l => l.Context.SpanId));
    }

    [Fact]
    public void A_step_and_its_version_continue_the_trace_of_the_first_example()
    {
        var (first, second) = (Sampled(), Sampled());
        using var training = new TrainingBatch(EmptyPlan);
        training.Traces.Add((3, first));
        training.Traces.Add((5, second));
        using var step = PipelineInstruments.StartStep(training)!;
        using var published = PipelineInstruments.StartPublish([step.Context, second])!;
        Assert.Equal((first.TraceId, first.SpanId), (step.TraceId, step.ParentSpanId));
        Assert.Equal([second.SpanId], step.Links.Select(l => l.Context.SpanId));
        Assert.Equal((first.TraceId, step.SpanId), (published.TraceId, published.ParentSpanId));
        Assert.Equal([second.SpanId], published.Links.Select(l => l.Context.SpanId));
    }

    [Fact]
    public void A_part_of_a_training_batch_keeps_the_traces_of_its_rows()
    {
        using var training = new TrainingBatch(EmptyPlan);
        for (var row = 0; row < 3; row++)
        {
            training.Rows.Add([1], 0, 1);
            training.Keys.Add(new CandidateKey(ExampleKey.Of($"{row}"), 0));
            training.Origins.Add(new OffsetSpan("t", 0, row, row));
        }

        var sampled = Sampled();
        training.Traces.Add((0, Sampled()));
        training.Traces.Add((2, sampled));
        using var part = training.Of([1, 2]);
        Assert.Equal([(1, sampled)], part.Traces);
    }

    private static ActivityContext Sampled() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
}
