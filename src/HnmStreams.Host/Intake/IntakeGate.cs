using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Host.Intake;

/// <summary>
/// The passage between consumer and learner, with a gate that <c>POST /api/pause</c> closes. It also prepares each chunk for decoding. While the gate is closed, the consumer's
/// channel fills up. The consumer then pauses its partitions and stays in its group.
/// </summary>
/// <remarks>Thread-safe. <see cref="RunAsync"/> may be called once.</remarks>
internal sealed class IntakeGate(ChannelReader<RecordChunk> source, IRecordDecoder decoder, PauseGate gate)
{
    private readonly Channel<RecordChunk> _passed = Channel.CreateBounded<RecordChunk>(
        new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
    /// <summary>The chunks that the learner reads. Completes with the source.</summary>
    public ChannelReader<RecordChunk> Chunks => _passed.Reader;

    /// <summary>Passes chunks on until the source ends. Once the learner has ended, for example at a limit, they are dropped.</summary>
    public async Task RunAsync(CancellationToken learnerEnded)
    {
        Exception? error = null;
        try
        {
            await foreach (var chunk in source.ReadAllAsync(learnerEnded))
                await PassAsync(chunk, learnerEnded);
        }
        catch (OperationCanceledException)
        {
            // The learner reads no more chunks.
        }
#pragma warning disable CA1031 // Every failure of the source must reach the learner.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = e;
        }

        _passed.Writer.TryComplete(error);
        if (error is null)
            await DiscardedChunks.DropAsync(source);
    }

    private async Task PassAsync(RecordChunk chunk, CancellationToken learnerEnded)
    {
        try
        {
            await gate.OpenAsync().WaitAsync(learnerEnded);
            // While a schema registry is unavailable, chunks wait here: the consumer pauses its partitions and stays in its group.
            await decoder.PrepareAsync(chunk, learnerEnded);
            await _passed.Writer.WriteAsync(chunk, learnerEnded);
        }
        catch
        {
            chunk.Dispose();
            throw;
        }
    }
}
