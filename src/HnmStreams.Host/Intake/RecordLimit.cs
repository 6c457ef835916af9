using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline;

namespace HnmStreams.Host.Intake;

/// <summary>
/// Lets exactly so many examples pass to the learner and then ends the stream. Records that turn out to be no example
/// (poison, tombstones) are made up for, which is known only once the learner has seen them: at the limit it waits
/// until all that passed is accounted for.
/// </summary>
/// <param name="limit">Examples in all, those that the learner had at the start included.</param>
/// <param name="makesUp">False lets so many records pass instead, whatever they turn out to be: for exact mode, whose incomplete last batch is only cut at the end.</param>
/// <remarks>One run in a life. What comes after the limit is read and dropped, so that the consumer can stop.</remarks>
internal sealed class RecordLimit(ChannelReader<RecordChunk> source, long limit, TimeProvider time, bool makesUp = true)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private readonly Channel<RecordChunk> _passed = Channel.CreateBounded<RecordChunk>(
        new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the learner reads; ends at the limit or with the source.</summary>
    public ChannelReader<RecordChunk> Chunks => _passed.Reader;

    /// <summary>Completes when the limit is reached; never does where the source ends before.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Passes chunks on until the source ends.</summary>
    /// <param name="status">What the learner has accounted for.</param>
    /// <param name="cancellation">The learner is gone: what is still read is dropped.</param>
    public async Task RunAsync(Func<PipelineStatus> status, CancellationToken cancellation)
    {
        Exception? error = null;
        try
        {
            await PassAsync(status, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            error = e;
        }
        catch (OperationCanceledException)
        {
            // Nobody reads any more.
        }

        _passed.Writer.TryComplete(error);
        if (error is null)
            await DiscardedChunks.DropAsync(source);
    }

    private async Task PassAsync(Func<PipelineStatus> status, CancellationToken cancellation)
    {
        var begin = status();
        var passed = AccountedFor(begin);
        var allowed = passed + Math.Max(0, limit - begin.Consumed);
        if (allowed == passed)
        {
            _reached.TrySetResult();
            return;
        }

        await foreach (var chunk in source.ReadAllAsync(cancellation))
        {
            var rest = chunk;
            while (rest is not null)
            {
                (var first, rest) = Split(rest, (int)Math.Min(rest.Count, allowed - passed));
                passed += first.Count;
                await _passed.Writer.WriteAsync(first, cancellation);
                if (passed == allowed && makesUp)
                    allowed += await MissingAsync(status, passed, cancellation);
                if (passed < allowed)
                    continue;
                rest?.Dispose();
                _reached.TrySetResult();
                return;
            }
        }
    }

    /// <summary>Waits until the learner has accounted for all that passed; examples that are still missing then.</summary>
    private async Task<long> MissingAsync(Func<PipelineStatus> status, long passed, CancellationToken cancellation)
    {
        while (true)
        {
            var now = status();
            if (AccountedFor(now) >= passed)
                return Math.Max(0, limit - now.Consumed);
            await Task.Delay(Look, time, cancellation);
        }
    }

    private static long AccountedFor(PipelineStatus status) => status.Consumed + status.DeadLettered + status.Forgotten + status.Repeats;

    private static (RecordChunk First, RecordChunk? Left) Split(RecordChunk chunk, int count)
    {
        if (count == chunk.Count)
            return (chunk, null);
        using (chunk)
            return (Copy(chunk, 0, count), Copy(chunk, count, chunk.Count - count));
    }

    private static RecordChunk Copy(RecordChunk chunk, int from, int count)
    {
        var copy = new RecordChunk(count, Math.Max(16, chunk.Bytes));
        for (var i = from; i < from + count; i++)
        {
            var record = chunk.Records[i];
            copy.Add(record with { Key = Store(record.Key), Value = Store(record.Value) });
        }

        return copy;

        ByteRange Store(ByteRange slice) => slice.IsNull ? slice : copy.Store(chunk.Read(slice).Span);
    }
}
