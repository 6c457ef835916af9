using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Kafka.Offsets;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>
/// The consumer loop: it polls, fills chunks, hands them over and makes the requested commits. Every call to the Kafka
/// consumer is made in <see cref="Run"/>, on the thread that calls it.
/// </summary>
internal sealed partial class ConsumeLoop
{
    /// <summary>The longest wait of one poll, and so the delay with which a stop is noticed.</summary>
    private static readonly TimeSpan MaxPollWait = TimeSpan.FromMilliseconds(100);


    private readonly LoopContext _context;
    private readonly Func<ConsumeLoop, IConsumer<ByteRange, ByteRange>> _connect;
    private readonly LoopState _state;
    private readonly BrokerProbe _probe;
    private IConsumer<ByteRange, ByteRange> _consumer = null!;
    private UnreadableBatches _unreadable = null!;

    /// <param name="connect">Creates the consumer, with this loop's handlers.</param>
    public ConsumeLoop(LoopContext context, Func<ConsumeLoop, IConsumer<ByteRange, ByteRange>> connect)
    {
        (_context, _connect, _state) = (context, connect, context.State);
        _probe = new BrokerProbe(context.State, context.Time);
        Rebalances = new RebalanceHandler(context);
    }

    /// <summary>The handler to register with the client.</summary>
    public RebalanceHandler Rebalances { get; }

    /// <summary>Runs until <paramref name="leave"/> is canceled. Throws the error that ended the consumer otherwise.</summary>
    /// <param name="handedOver">Called when the last chunk is in the channel.</param>
    /// <param name="stop">Stops polling. The records read so far are still handed over; the member stays in its group, and commits can be made.</param>
    /// <param name="abandon">Ends the wait for room in the channel: the current chunk is dropped and not counted.</param>
    /// <param name="leave">Leaves the group and ends the loop.</param>
    public void Run(Action handedOver, CancellationToken stop, CancellationToken abandon, CancellationToken leave)
    {
        _consumer = _connect(this);
        _unreadable = new UnreadableBatches(_context, Rebalances, _consumer);
        try
        {
            using var coverage = new GroupCoverage(_context, _consumer);
            var rejoin = new GroupRejoin(_context, Rebalances, coverage, _consumer, () => Poll(MaxPollWait));
            var handover = new ChunkHandover(_context, Rebalances, _consumer, () => Poll(TimeSpan.Zero));
            _consumer.Subscribe(_context.Topic);
            while (!stop.IsCancellationRequested)
            {
                Poll(_context.Builder.Count == 0 ? MaxPollWait : _context.Builder.RemainingLinger);
                if (_context.Builder.IsDue)
                    handover.HandOver(stop, abandon);
                if (Rebalances.HasChanged)
                    coverage.Invalidate(isJoined: true);
                _unreadable.StartOver();
                Rebalances.HasChanged = false;
                coverage.Update();
                rejoin.Update();
                _state.UpdateEndReached(_context.Builder.Count == 0, coverage.IsComplete);
                _context.Commits.Process(_consumer);
                _context.Restarts.Process(_consumer);
                _probe.Update(_consumer);
                _state.Refresh(_consumer);
            }

            handover.HandOver(stop, abandon);
            // The reader does not have to wait until the member has left its group.
            _context.Channel.Complete(null);
            _state.Refresh(_consumer, final: true);
            handedOver();
            while (!leave.WaitHandle.WaitOne(CommitQueue.ProcessInterval))
                _context.Commits.Process(_consumer);
        }
        finally
        {
            Rebalances.IsLeaving = true;
            _context.Commits.Process(_consumer);
            _context.Commits.Close();
            _state.Refresh(_consumer, final: true);
            Leave();
        }
    }

    /// <summary>Reports an error that the client raised. The next poll throws it again if it is fatal, which ends the loop. Called on the consumer thread, inside a poll.</summary>
    public void OnError(Error error)
    {
        if (error.Code == ErrorCode.Local_AllBrokersDown)
            _probe.MarkDown();
        _state.Errors.Report(error.Code.ToString(), error.Reason);
    }

    private void Poll(TimeSpan wait)
    {
        var milliseconds = (int)Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, MaxPollWait.TotalMilliseconds);
        try
        {
            var result = _consumer.Consume(milliseconds);
            Rebalances.ThrowIfLost();
            if (result is null)
                return;
            _probe.MarkUp();
            Accept(result);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            _state.Errors.Report(e.Error.Code.ToString(), e.Error.Reason);
            _unreadable.OnError(e);
        }
    }

    private void Accept(ConsumeResult<ByteRange, ByteRange> result)
    {
        var (partition, offset) = (result.Partition.Value, result.Offset.Value);
        // librdkafka delivers records of assigned partitions only, so checking the assignment checks the record's topic as well.
        if (Rebalances.IsForeign || !_state.Positions.IsAssigned(partition) || _unreadable.OnRead(partition))
        {
            _context.Builder.Discard();
            return;
        }

        // The end of a partition is checked as well: it is the first sign of a topic that was re-created empty.
        if (_state.Positions.Next(partition) is { } expected)
            CheckPosition(partition, expected, offset);
        if (result.IsPartitionEOF)
        {
            _state.Positions.ReachEnd(partition, offset);
            return;
        }

        _context.Builder.Add(result);
        _state.RecordRead(partition, offset);
    }

    private void CheckPosition(int partition, long expected, long found)
    {
        switch (PositionCheck.Classify(expected, found))
        {
            case OffsetJump.Backward:
                throw StalePositionException.WentBack(_context.Topic, partition, expected, found);
            case OffsetJump.Large:
                LogLargeGap(_context.Logger, _context.Topic, partition, expected, found - 1);
                break;
        }
    }

    private void Leave()
    {
        try
        {
            _consumer.Close();
        }
        catch (KafkaException e)
        {
            // The group removes the member after session.timeout.ms; nothing else can be done here.
            _state.Errors.Report(e.Error.Code.ToString(), e.Error.Reason);
        }
        finally
        {
            _consumer.Dispose();
        }
    }

    [LoggerMessage(EventId = 124, Level = LogLevel.Warning, Message = "Offsets {Expected} to {Last} of {Topic}[{Partition}] do not exist anymore: they were deleted by retention or compaction.")]
    private static partial void LogLargeGap(ILogger logger, string topic, int partition, long expected, long last);
}
