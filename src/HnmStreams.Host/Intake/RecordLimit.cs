using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline;

namespace HnmStreams.Host.Intake;

/// <summary>
/// A limit on the number of records that pass to the learner, after which the stream ends. Rejected records and tombstones
/// count, so that a run over a known number of records ends. Records that the state contains already are replaced by further
/// records. This is known only after the learner has processed them, so at the limit it waits until everything that passed
/// is accounted for.
/// </summary>
/// <param name="limit">The total number of records, including those that the learner had processed at the start.</param>
/// <param name="replacesDuplicates">False limits the number of records instead, whatever they contain. Exact mode needs this, because it cuts its incomplete last batch only at the end of the stream.</param>
/// <remarks><see cref="RunAsync"/> may be called once. Records after the limit are read and dropped, so that the consumer can stop.</remarks>
internal sealed class RecordLimit(ChannelReader<RecordChunk> source, long limit, TimeProvider time, bool replacesDuplicates = true)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly Channel<RecordChunk> _passed = Channel.CreateBounded<RecordChunk>(
        new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The chunks that the learner reads. Completes at the limit or with the source.</summary>
    public ChannelReader<RecordChunk> Chunks => _passed.Reader;

    /// <summary>Completes when the limit is reached. Never completes if the source ends before.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Passes chunks on until the source ends.</summary>
    /// <param name="status">Returns the learner's status.</param>
    /// <param name="cancellation">Canceled when the learner has ended. Further records are then dropped.</param>
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
            // The learner reads no more chunks.
        }

        _passed.Writer.TryComplete(error);
        if (error is null)
            await DiscardedChunks.DropAsync(source);
    }

    private async Task PassAsync(Func<PipelineStatus> status, CancellationToken cancellation)
    {
        var begin = status();
        var passed = AccountedFor(begin);
        var allowed = passed + Math.Max(0, limit - Counted(begin));
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
                if (passed == allowed && replacesDuplicates)
                    allowed += await MissingAsync(status, passed, cancellation);
                if (passed < allowed)
                    continue;
                rest?.Dispose();
                _reached.TrySetResult();
                return;
            }
        }
    }

    /// <summary>Waits until the learner has accounted for everything that passed, and returns the number of missing records.</summary>
    private async Task<long> MissingAsync(Func<PipelineStatus> status, long passed, CancellationToken cancellation)
    {
        while (true)
        {
            var now = status();
            if (AccountedFor(now) >= passed)
                return Math.Max(0, limit - Counted(now));
            await Task.Delay(PollInterval, time, cancellation);
        }
    }

    private static long AccountedFor(PipelineStatus status) => Counted(status) + status.Ranking.Stream.Duplicates;

    private static long Counted(PipelineStatus status) => status.Ranking.Stream.Consumed + status.Ranking.Stream.LateLabels + status.Ranking.Stream.DeadLettered + status.Ranking.Stream.Tombstones;

    private static (RecordChunk First, RecordChunk? Left) Split(RecordChunk chunk, int count)
    {
        if (count == chunk.Count)
            return (chunk, null);
        using (chunk)
            return (Copy(chunk, 0, count), Copy(chunk, count, chunk.Count - count));
    }

    private static RecordChunk Copy(RecordChunk chunk, int from, int count)
    {
        var copy = new RecordChunk(count, Math.Max(16, chunk.Bytes)) { Prepared = chunk.Prepared, ReadAt = chunk.ReadAt };
        for (var i = from; i < from + count; i++)
        {
            var record = chunk.Records[i];
            copy.Add(record with { Key = Store(record.Key), Value = Store(record.Value), Headers = Store(record.Headers) });
        }

        return copy;

        ByteRange Store(ByteRange slice) => slice.IsNull ? slice : copy.Store(chunk.Read(slice).Span);
    }
}
