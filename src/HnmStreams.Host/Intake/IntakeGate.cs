using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Intake;

/// <summary>
/// Between consumer and learner: open, or closed by <c>POST /api/pause</c>. While it is closed the consumer's channel
/// fills, and the consumer pauses its partitions and keeps its place in the group.
/// </summary>
/// <remarks>Thread-safe. One run in a life.</remarks>
internal sealed class IntakeGate(ChannelReader<RecordChunk> source) : IIntakeGate
{
    private readonly Channel<RecordChunk> _passed = Channel.CreateBounded<RecordChunk>(
        new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
    private readonly Lock _gate = new();
    private TaskCompletionSource? _closed;

    /// <summary>What the learner reads; ends with the source.</summary>
    public ChannelReader<RecordChunk> Chunks => _passed.Reader;

    public bool IsPaused
    {
        get
        {
            lock (_gate)
                return _closed is not null;
        }
    }

    public void Pause()
    {
        lock (_gate)
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Resume()
    {
        lock (_gate)
        {
            _closed?.SetResult();
            _closed = null;
        }
    }

    /// <summary>Passes chunks on until the source ends; from when the learner is gone, as it is at a limit of examples, they are dropped.</summary>
    public async Task RunAsync(CancellationToken learnerGone)
    {
        Exception? error = null;
        try
        {
            await foreach (var chunk in source.ReadAllAsync(learnerGone))
                await PassAsync(chunk, learnerGone);
        }
        catch (OperationCanceledException)
        {
            // Nobody reads any more.
        }
#pragma warning disable CA1031 // Whatever ended the source must reach the learner.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = e;
        }

        _passed.Writer.TryComplete(error);
        if (error is null)
            await DiscardedChunks.DropAsync(source);
    }

    private async Task PassAsync(RecordChunk chunk, CancellationToken learnerGone)
    {
        try
        {
            await OpenAsync().WaitAsync(learnerGone);
            await _passed.Writer.WriteAsync(chunk, learnerGone);
        }
        catch (OperationCanceledException)
        {
            chunk.Dispose();
            throw;
        }
    }

    private Task OpenAsync()
    {
        lock (_gate)
            return _closed?.Task ?? Task.CompletedTask;
    }
}
