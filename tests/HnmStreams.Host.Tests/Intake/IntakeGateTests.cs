using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Host.Intake;

namespace HnmStreams.Host.Tests.Intake;

public class IntakeGateTests
{
    [Fact(Timeout = 600_000)]
    public async Task Holds_records_back_while_closed_and_passes_them_in_order_when_open()
    {
        var source = Channel.CreateUnbounded<RecordChunk>();
        var gate = new PauseGate();
        var intake = new IntakeGate(source.Reader, new ExampleDecoder(new WireLimits()), gate);
        gate.Pause();
        var running = intake.RunAsync(TestContext.Current.CancellationToken);
        var chunks = Enumerable.Range(0, 5).Select(_ => new RecordChunk(1)).ToList();
        chunks.ForEach(chunk => source.Writer.TryWrite(chunk));
        source.Writer.Complete();
        Assert.False(intake.Chunks.TryRead(out _));
        gate.Resume();
        gate.Resume();

        var passed = new List<RecordChunk>();
        await foreach (var chunk in intake.Chunks.ReadAllAsync(TestContext.Current.CancellationToken))
            passed.Add(chunk);
        Assert.Equal(chunks, passed);
        await running;
    }

    [Fact(Timeout = 600_000)]
    public async Task Passes_a_failure_of_the_source_to_the_learner()
    {
        var source = Channel.CreateUnbounded<RecordChunk>();
        source.Writer.Complete(new InvalidOperationException("lost"));
        var intake = new IntakeGate(source.Reader, new ExampleDecoder(new WireLimits()), new PauseGate());
        await intake.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal("lost", (await Assert.ThrowsAsync<InvalidOperationException>(() => intake.Chunks.Completion)).Message);
    }

    [Fact(Timeout = 600_000)]
    public async Task The_consumer_can_stop_after_the_learner_has_ended()
    {
        using var ended = new CancellationTokenSource();
        var source = Channel.CreateBounded<RecordChunk>(1);
        var intake = new IntakeGate(source.Reader, new ExampleDecoder(new WireLimits()), new PauseGate());
        var running = intake.RunAsync(ended.Token);
        // No reader takes the passed chunks, so the gate and the source are full.
        for (var i = 0; i < 3; i++)
            await source.Writer.WriteAsync(new RecordChunk(1), TestContext.Current.CancellationToken);
        await ended.CancelAsync();
        for (var i = 0; i < 5; i++)
            await source.Writer.WriteAsync(new RecordChunk(1), TestContext.Current.CancellationToken);
        Assert.False(running.IsCompleted);
        source.Writer.Complete(new InvalidOperationException("lost"));
        await running;
        Assert.True(intake.Chunks.TryRead(out _));
        await intake.Chunks.Completion;
    }
}
