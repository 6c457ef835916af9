using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Host.Running;

namespace HnmStreams.Host.Tests.Running;

public class IntakeGateTests
{
    [Fact]
    public async Task Closed_it_holds_back_and_open_it_lets_all_pass_in_order()
    {
        var source = Channel.CreateUnbounded<RecordChunk>();
        var gate = new IntakeGate(source.Reader);
        gate.Pause();
        var running = gate.RunAsync(TestContext.Current.CancellationToken);
        var chunks = Enumerable.Range(0, 5).Select(_ => new RecordChunk(1)).ToList();
        chunks.ForEach(chunk => source.Writer.TryWrite(chunk));
        source.Writer.Complete();
        Assert.False(gate.Chunks.TryRead(out _));
        gate.Resume();
        gate.Resume();

        var passed = new List<RecordChunk>();
        await foreach (var chunk in gate.Chunks.ReadAllAsync(TestContext.Current.CancellationToken))
            passed.Add(chunk);
        Assert.Equal(chunks, passed);
        await running;
    }

    [Fact]
    public async Task What_the_source_fails_with_reaches_the_learner()
    {
        var source = Channel.CreateUnbounded<RecordChunk>();
        source.Writer.Complete(new InvalidOperationException("lost"));
        var gate = new IntakeGate(source.Reader);
        await gate.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal("lost", (await Assert.ThrowsAsync<InvalidOperationException>(() => gate.Chunks.Completion)).Message);
    }
}
