using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming;

/// <summary>
/// The loop itself: polls, fills chunks, hands them over, and keeps its place in the group while nobody takes them.
/// Every call to the consumer is made in <see cref="Run"/>, on the thread that runs it.
/// </summary>
internal sealed partial class ConsumeLoop(
    string topic,
    ConsumingOptions options,
    Func<ConsumeLoop, IConsumer<ByteRange, ByteRange>> connect,
    StartOffsets start,
    LoopState state,
    ChunkOutlet outlet,
    ChunkBuilder builder,
    CommitQueue commits,
    IPartitionsRevoked? revoked,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Also how long a stop may take to be noticed.</summary>
    private static readonly TimeSpan PollAtMost = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan CommitsEvery = TimeSpan.FromMilliseconds(20);
    private const long JumpWorthAWord = 1_000;

    /// <summary>How often an unreachable broker is asked for a sign of life, and how long it may take for it.</summary>
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbeAtMost = TimeSpan.FromSeconds(1);

    private IConsumer<ByteRange, ByteRange> _consumer = null!;
    private PartitionsLostException? _lost;
    private long _probedAt;
    private volatile bool _brokersDown;
    private bool _leaving;
    private bool _newPartitionsWhilePaused;

    /// <summary>Returns when <paramref name="leave"/> says so; throws what ended it otherwise.</summary>
    /// <param name="stop">Stops polling; what is in hand is still handed over. The member stays in its group, and commits can be made.</param>
    /// <param name="leave">Ends it all.</param>
    /// <param name="abandon">Gives up waiting for room: what is in hand is dropped, and was never counted.</param>
    /// <param name="handedOver">Called when the last chunk is in the channel.</param>
    public void Run(Action handedOver, CancellationToken stop, CancellationToken abandon, CancellationToken leave)
    {
        _consumer = connect(this);
        try
        {
            _consumer.Subscribe(topic);
            while (!stop.IsCancellationRequested)
            {
                Poll(builder.Count == 0 ? PollAtMost : builder.LingerLeft);
                if (builder.IsFull || (builder.Count > 0 && builder.LingerLeft <= TimeSpan.Zero))
                    HandOver(stop, abandon);
                state.SetEndReached(builder.Count == 0);
                commits.Serve(_consumer);
                ProbeBrokers();
                state.Refresh(_consumer);
            }

            HandOver(stop, abandon);
            // The reader need not wait until the group has said goodbye.
            outlet.Complete(null);
            state.Refresh(_consumer, final: true);
            handedOver();
            while (!leave.WaitHandle.WaitOne(CommitsEvery))
                commits.Serve(_consumer);
        }
        finally
        {
            _leaving = true;
            commits.Serve(_consumer);
            commits.Close();
            state.Refresh(_consumer, final: true);
            Leave();
        }
    }

    /// <summary>Called by the client inside a poll: says from where the new partitions are read.</summary>
    public IEnumerable<TopicPartitionOffset> OnAssigned(IConsumer<ByteRange, ByteRange> consumer, List<TopicPartition> partitions)
    {
        var offsets = start.Resolve(consumer, partitions);
        foreach (var partition in partitions)
            state.Book.Assign(partition.Partition.Value);
        _newPartitionsWhilePaused = state.Paused;
        Rebalanced("assigned", partitions);
        return offsets;
    }

    /// <summary>The group takes partitions back and waits for this handler, in which a checkpoint is made and committed. What was read stays in the learner's state.</summary>
    public void OnRevoked(List<TopicPartitionOffset> partitions)
    {
        if (revoked is not null && !_leaving)
            WaitForCheckpoint(revoked, partitions);
        Release("revoked", partitions);
    }

    /// <summary>The group has given the partitions to others already: nothing may be committed for them any more, and the learner goes back to its newest checkpoint.</summary>
    public void OnLost(List<TopicPartitionOffset> partitions)
    {
        Release("lost", partitions);
        _lost = new PartitionsLostException(topic, string.Join(',', partitions.Select(p => p.Partition.Value).Order()));
    }

    /// <summary>An error that the client told of by itself. A fatal one is also thrown by the next poll, which ends the loop.</summary>
    public void OnError(Error error)
    {
        _brokersDown |= error.Code == ErrorCode.Local_AllBrokersDown;
        state.Errors.Report(error.Code.ToString(), error.Reason);
    }

    private void Poll(TimeSpan wait)
    {
        var milliseconds = (int)Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, PollAtMost.TotalMilliseconds);
        try
        {
            var result = _consumer.Consume(milliseconds);
            if (_lost is not null && !_leaving)
                throw _lost;
            if (result is null)
                return;
            _brokersDown = false;
            var (partition, offset) = (result.Partition.Value, result.Offset.Value);
            // The end as well: a topic that was made again shows itself by an end before any record.
            if (state.Book.Next(partition) is { } expected && offset != expected)
                CheckJump(partition, expected, offset);
            if (result.IsPartitionEOF)
            {
                state.Book.ReachEnd(partition, offset);
                return;
            }

            builder.Add(result);
            state.Gaps += state.Book.Read(partition, offset);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            state.Errors.Report(e.Error.Code.ToString(), e.Error.Reason);
        }
    }

    // Small gaps are compaction and transaction markers; a partition that lost its beginning is worth a word.
    private void CheckJump(int partition, long expected, long found)
    {
        if (found < expected)
            throw StalePositionException.WentBack(topic, partition, expected, found);
        if (found - expected > JumpWorthAWord)
            Jumped(logger, topic, partition, expected, found);
    }

    /// <summary>A broker that went away silently comes back silently: where nothing is being written, only a question shows it.</summary>
    private void ProbeBrokers()
    {
        if (!_brokersDown)
        {
            state.SetReachable(true);
            return;
        }

        state.SetReachable(false);
        if (_probedAt != 0 && time.GetElapsedTime(_probedAt) < ProbeEvery)
            return;
        try
        {
            if (_consumer.Assignment.Count > 0)
            {
                _consumer.QueryWatermarkOffsets(_consumer.Assignment[0], ProbeAtMost);
                _brokersDown = false;
            }
        }
        catch (KafkaException)
        {
            // Still away.
        }

        _probedAt = time.GetTimestamp();
    }

    private void WaitForCheckpoint(IPartitionsRevoked hook, List<TopicPartitionOffset> partitions)
    {
        try
        {
            var started = time.GetTimestamp();
            var made = hook.BeforeRevokedAsync(partitions.ConvertAll(p => p.Partition.Value));
            while (!made.Wait(CommitsEvery) && time.GetElapsedTime(started) < options.RevokeTimeout)
                commits.Serve(_consumer);
            commits.Serve(_consumer);
            if (!made.IsCompleted)
                NoCheckpoint(logger, topic, $"none was made within consuming.revokeTimeout ({options.RevokeTimeout})");
        }
        catch (AggregateException e)
        {
            NoCheckpoint(logger, topic, e.InnerException?.Message ?? e.Message);
        }
    }

    private void HandOver(CancellationToken stop, CancellationToken abandon)
    {
        var (count, oversized) = (builder.Count, builder.OversizedRecords);
        using var span = ChunkOutlet.StartSpan(topic, count, builder.SampledParents);
        if (builder.Take() is not { } chunk)
            return;
        chunk.Trace = span?.Context ?? default;
        var bytes = chunk.Bytes;
        if (!outlet.TryWrite(chunk) && !WriteWhenThereIsRoom(chunk, stop, abandon))
        {
            chunk.Dispose();
            return;
        }

        state.HandedOver(count, bytes, oversized);
    }

    /// <summary>Blocks for a while, then pauses and polls on, until the chunk is taken; false when it was given up.</summary>
    private bool WriteWhenThereIsRoom(RecordChunk chunk, CancellationToken stop, CancellationToken abandon)
    {
        if (outlet.WaitForRoom(options.BlockBeforePause, stop) && outlet.TryWrite(chunk))
            return true;
        var written = false;
        if (!stop.IsCancellationRequested)
        {
            Pause();
            while (!stop.IsCancellationRequested && !(written = outlet.TryWrite(chunk)))
            {
                PollPaused();
                outlet.WaitForRoom(PollAtMost, stop);
            }

            Resume();
        }

        // Stopping: the reader drains, so wait for it, for as long as the caller of the stop does.
        while (!written && !abandon.IsCancellationRequested && !(written = outlet.TryWrite(chunk)))
            outlet.WaitForRoom(PollAtMost, abandon);
        return written;
    }

    /// <summary>
    /// Tells the group that this member lives, and serves rebalances and errors. A record that was already under way, or
    /// comes from a partition assigned this moment, joins the next chunk.
    /// </summary>
    private void PollPaused()
    {
        Poll(TimeSpan.Zero);
        if (_newPartitionsWhilePaused)
            Pause();
        commits.Serve(_consumer);
        state.Refresh(_consumer);
    }

    private void Pause()
    {
        _newPartitionsWhilePaused = false;
        _consumer.Pause(_consumer.Assignment);
        if (!state.Paused)
        {
            state.SetPaused(true);
            KafkaInstruments.Pauses.Add(1);
            Paused(logger, topic, options.BlockBeforePause);
        }
    }

    private void Resume()
    {
        _consumer.Resume(_consumer.Assignment);
        state.SetPaused(false);
        Resumed(logger, topic);
    }

    private void Release(string kind, List<TopicPartitionOffset> partitions)
    {
        foreach (var partition in partitions)
            state.Book.Unassign(partition.Partition.Value);
        Rebalanced(kind, partitions.ConvertAll(partition => partition.TopicPartition));
    }

    private void Rebalanced(string kind, List<TopicPartition> partitions)
    {
        state.Rebalanced();
        KafkaInstruments.Rebalances.Add(1, KafkaInstruments.Tag("kind", kind));
        var numbers = string.Join(',', partitions.Select(partition => partition.Partition.Value).Order());
        if (string.Equals(kind, "lost", StringComparison.Ordinal))
            Lost(logger, topic, numbers);
        else
            Moved(logger, topic, numbers, kind);
    }

    private void Leave()
    {
        try
        {
            _consumer.Close();
        }
        catch (KafkaException e)
        {
            // The group finds out by the session's timeout; there is nothing else to do on the way out.
            state.Errors.Report(e.Error.Code.ToString(), e.Error.Reason);
        }
        finally
        {
            _consumer.Dispose();
        }
    }

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "{Topic}[{Partitions}] {Kind}")]
    private static partial void Moved(ILogger logger, string topic, string partitions, string kind);

    [LoggerMessage(EventId = 121, Level = LogLevel.Warning, Message = "{Topic}[{Partitions}] lost: the group went on without this member")]
    private static partial void Lost(ILogger logger, string topic, string partitions);

    [LoggerMessage(EventId = 122, Level = LogLevel.Warning, Message = "{Topic}: nobody took a chunk for {Blocked}; paused, to keep the place in the group")]
    private static partial void Paused(ILogger logger, string topic, TimeSpan blocked);

    [LoggerMessage(EventId = 124, Level = LogLevel.Warning, Message = "{Topic}[{Partition}]: offsets {Expected} to {Found} never came: deleted by retention, or compacted away")]
    private static partial void Jumped(ILogger logger, string topic, int partition, long expected, long found);

    [LoggerMessage(EventId = 125, Level = LogLevel.Warning, Message = "{Topic}: partitions are given back without a checkpoint: {Reason}")]
    private static partial void NoCheckpoint(ILogger logger, string topic, string reason);

    [LoggerMessage(EventId = 123, Level = LogLevel.Information, Message = "{Topic}: resumed")]
    private static partial void Resumed(ILogger logger, string topic);
}
