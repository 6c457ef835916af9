using System.Threading.Channels;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming.Chunks;
using HnmStreams.Kafka.Consuming.Groups;
using HnmStreams.Kafka.Consuming.Polling;
using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Offsets;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming;

/// <summary>
/// A member of a consumer group that reads one topic and hands its records over in chunks. It commits only the positions
/// that are passed to <see cref="CommitAsync"/>.
/// </summary>
/// <remarks>
/// All calls to the Kafka consumer are made on one thread, <c>hnm-consumer</c>. The members of this class may be called from
/// any thread. The chunks have one reader, which disposes them. A consumer is started at most once.
/// </remarks>
public sealed class RecordConsumer : IAsyncDisposable, IFeedProgress
{
    private readonly string _topic;
    private readonly LoopState _state;
    private readonly ChunkChannel _channel;
    private readonly ChunkBuilder _builder;
    private readonly ConsumeLoop _loop;
    private readonly CommitQueue _commits = new();
    private readonly RestartQueue _restarts;
    private readonly StartOffsets _start;
    private readonly CancellationTokenSource _leave = new();
    private readonly TaskCompletionSource _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;
    private int _disposed;

    /// <param name="from">The start in partitions for which no position is known.</param>
    /// <param name="ledger">The positions to start at, or null if there are none.</param>
    /// <param name="rebalances">Told of the rebalances of the group, or null.</param>
    /// <exception cref="InvalidOperationException">A setting conflicts with the handling of offsets, or no broker is set.</exception>
    public RecordConsumer(
        KafkaOptions kafka, ConsumingOptions options, StartPosition from, IPositionLedger? ledger, TimeProvider time, ILogger logger, IRebalanceListener? rebalances = null)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        var settings = ClientSettings.ForConsumer(kafka, options);
        _topic = kafka.Topic;
        _state = new LoopState(_topic, time, logger);
        _channel = new ChunkChannel(options.ChannelChunks, time);
        _builder = new ChunkBuilder(_topic, options, time);
        _start = new StartOffsets(_topic, from, ledger, _state.Positions, logger);
        _restarts = new RestartQueue(_start, _state, _builder, logger);
        _loop = new ConsumeLoop(new LoopContext(_topic, kafka.GroupId, options, _state, _start, _builder, _channel, _commits, _restarts, rebalances, time, logger), Connect);

        IConsumer<ByteRange, ByteRange> Connect(ConsumeLoop loop) => new ConsumerBuilder<ByteRange, ByteRange>(settings)
            .SetKeyDeserializer(_builder.Keys)
            .SetValueDeserializer(_builder.Values)
            .SetErrorHandler((_, error) => loop.OnError(error))
            .SetLogHandler((_, message) => ClientLog.Forward(logger, message))
            .SetPartitionsAssignedHandler(loop.Rebalances.OnAssigned)
            .SetPartitionsRevokedHandler(loop.Rebalances.OnRevoked)
            .SetPartitionsLostHandler((_, partitions) => loop.Rebalances.OnLost(partitions))
            .Build();
    }

    /// <summary>
    /// The bounded channel of chunks. It completes after a stop, when it contains every record that was read, and faults if
    /// the consumer fails.
    /// </summary>
    public ChannelReader<RecordChunk> Chunks => _channel.Reader;

    /// <summary>The newest status. Its partitions are at most 250 ms old; its counts of records, bytes and chunks are current.</summary>
    public ConsumerStatus Status => _state.Status;

    /// <summary>True if every partition of the topic is assigned to a member of the group, the assigned ones are read to their end, and all records were handed over.</summary>
    public bool EndReached => _state.EndReached;

    /// <summary>The start offset of each partition for which no position was known and that does not start at its beginning. A checkpoint has to contain them until records of these partitions arrive.</summary>
    public IReadOnlyDictionary<int, long> Starts => _start.Starts;

    /// <summary>Commits durable positions. Partitions that are no longer assigned are skipped. The commit is made on the consumer thread.</summary>
    /// <exception cref="KafkaException">The broker rejected the commit.</exception>
    /// <exception cref="InvalidOperationException">The consumer has left its group.</exception>
    public Task CommitAsync(IReadOnlyList<StreamPosition> positions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(positions);
        return _commits.RequestAsync(positions).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Reads every assigned partition again from its position in the ledger, or else from its start position. Chunks of an earlier
    /// <see cref="RecordChunk.Era"/> than the one returned may still arrive; the reader drops them, because their records are read again.
    /// </summary>
    /// <exception cref="InvalidOperationException">The consumer has left its group.</exception>
    public Task<int> RestartAsync(CancellationToken cancellationToken) => _restarts.RequestAsync().WaitAsync(cancellationToken);

    /// <summary>Starts the consumer thread, which joins the group.</summary>
    /// <exception cref="InvalidOperationException">The consumer was started or disposed before.</exception>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("A consumer can be started only once: create a new one.");
        new Thread(Run) { IsBackground = true, Name = "hnm-consumer" }.Start();
    }

    /// <summary>Stops polling, hands over the current chunk and completes the channel. The member stays in the group until <see cref="StopAsync"/>, so that <see cref="CommitAsync"/> works.</summary>
    /// <inheritdoc cref="StopAsync"/>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (_ended.Task.IsCompleted)
            return;
        await using var registration = cancellationToken.Register(static state => ((CancellationTokenSource)state!).Cancel(), _abandon);
        await _stop.CancelAsync();
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _channel.Complete(null);
            _commits.Close();
            _restarts.Close();
            _ended.TrySetResult();
            return;
        }

        await Task.WhenAny(_handedOver.Task, _ended.Task);
    }

    /// <summary>
    /// Stops polling, hands over the current chunk, completes the channel and leaves the group.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait for room in the channel: the current chunk is dropped and not counted.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_ended.Task.IsCompleted)
            return;
        await DrainAsync(cancellationToken);
        await _leave.CancelAsync();
        await _ended.Task;
    }

    /// <summary>Waits until <see cref="EndReached"/> is true or the consumer has ended.</summary>
    public async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var progress = _state.Progress.Next;
            if (EndReached || _ended.Task.IsCompleted)
                return;
            await Task.WhenAny(progress, _ended.Task).WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public long NextOffset(string topic, int partition) =>
        string.Equals(topic, _topic, StringComparison.Ordinal) ? _state.Positions.Next(partition) ?? 0 : 0;

    /// <inheritdoc/>
    public Task NextAdvance => _state.Progress.Next;

    /// <summary>Stops without waiting for the reader, and releases the memory of the chunks in the channel.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _abandon.CancelAsync();
        await StopAsync(CancellationToken.None);
        while (_channel.Reader.TryRead(out var chunk))
            chunk.Dispose();
        _stop.Dispose();
        _abandon.Dispose();
        _leave.Dispose();
    }

    private void Run()
    {
        Exception? error = null;
        try
        {
            _loop.Run(_handedOver.SetResult, _stop.Token, _abandon.Token, _leave.Token);
        }
#pragma warning disable CA1031 // Any error that ends the thread has to reach the reader of the channel.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = e;
            _state.Errors.Report(e is KafkaException kafka ? kafka.Error.Code.ToString() : e.GetType().Name, e.Message);
        }
        finally
        {
            _builder.Dispose();
            _commits.Close();
            _restarts.Close();
            _channel.Complete(error);
            _ended.TrySetResult();
            _state.Progress.Pulse();
        }
    }
}
