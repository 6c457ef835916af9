using System.Threading.Channels;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Offsets;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming;

/// <summary>
/// Reads one topic as a member of a consumer group and hands its records over in chunks. Commits only what it is told to.
/// </summary>
/// <remarks>
/// The Kafka consumer lives on one thread of its own. All members here may be called from any thread; the chunks have
/// one reader, who disposes them. One start in a life.
/// </remarks>
public sealed class RecordConsumer : IAsyncDisposable, IFeedProgress
{
    private readonly string _topic;
    private readonly LoopState _state;
    private readonly ChunkOutlet _outlet;
    private readonly ChunkBuilder _builder;
    private readonly ConsumeLoop _loop;
    private readonly CommitQueue _commits = new();
    private readonly StartOffsets _start;
    private readonly CancellationTokenSource _leave = new();
    private readonly TaskCompletionSource _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;
    private int _disposed;

    /// <param name="ledger">Positions to start at, where it knows them; else <paramref name="from"/> decides.</param>
    /// <param name="revoked">Hears of partitions that the group takes back, while it waits.</param>
    /// <exception cref="InvalidOperationException">A setting contradicts what the handling of offsets rests on, or no broker is named.</exception>
    public RecordConsumer(
        KafkaOptions kafka, ConsumingOptions options, StartPosition from, IOffsetsLedger? ledger, TimeProvider time, ILogger logger, IPartitionsRevoked? revoked = null)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        var settings = ClientSettings.ForConsumer(kafka);
        _topic = kafka.Topic;
        _state = new LoopState(_topic, time, logger);
        _outlet = new ChunkOutlet(options.ChannelChunks, time);
        _builder = new ChunkBuilder(_topic, options, time);
        _start = new StartOffsets(_topic, from, ledger, _state.Book, logger);
        _loop = new ConsumeLoop(_topic, options, Connect, _start, _state, _outlet, _builder, _commits, revoked, time, logger);

        IConsumer<ByteRange, ByteRange> Connect(ConsumeLoop loop) => new ConsumerBuilder<ByteRange, ByteRange>(settings)
            .SetKeyDeserializer(_builder.Keys)
            .SetValueDeserializer(_builder.Values)
            .SetErrorHandler((_, error) => loop.OnError(error))
            .SetLogHandler((_, message) => ClientLog.Forward(logger, message))
            .SetPartitionsAssignedHandler(loop.OnAssigned)
            .SetPartitionsRevokedHandler((_, partitions) => loop.OnRevoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => loop.OnLost(partitions))
            .Build();
    }

    /// <summary>
    /// Bounded; completes after a stop, with every record that was read in it, and faults when the consumer cannot go on.
    /// </summary>
    public ChannelReader<RecordChunk> Chunks => _outlet.Reader;

    /// <summary>How it is doing; at most a quarter of a second old, its counts of records and chunks newest.</summary>
    public ConsumerStatus Status => _state.Status;

    /// <summary>Partitions are assigned, all were read to their end, and everything read has been handed over.</summary>
    public bool EndReached => _state.EndReached;

    /// <summary>Absolute offsets at which partitions were started for which no position was known and the start was not the beginning: what a checkpoint must hold until records of them come.</summary>
    public IReadOnlyDictionary<int, long> Starts => _start.Starts;

    /// <summary>Commits positions that are durable; those of partitions not assigned any more are left out. Any thread; made on the consumer's.</summary>
    /// <exception cref="KafkaException">The broker refused.</exception>
    /// <exception cref="InvalidOperationException">The consumer has left its group.</exception>
    public Task CommitAsync(IReadOnlyList<StreamPosition> positions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(positions);
        return _commits.AskAsync(positions).WaitAsync(cancellationToken);
    }

    /// <exception cref="InvalidOperationException">It was started or disposed before.</exception>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("A consumer is started once; make a new one");
        new Thread(Run) { IsBackground = true, Name = "hnm-consumer" }.Start();
    }

    /// <summary>Stops polling, hands over what is in hand and completes the channel, but stays in the group, so that <see cref="CommitAsync"/> works, until <see cref="StopAsync"/>.</summary>
    /// <inheritdoc cref="StopAsync"/>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (_ended.Task.IsCompleted)
            return;
        await using var giveUp = cancellationToken.Register(static state => ((CancellationTokenSource)state!).Cancel(), _abandon);
        await _stop.CancelAsync();
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _outlet.Complete(null);
            _commits.Close();
            _ended.TrySetResult();
            return;
        }

        await Task.WhenAny(_handedOver.Task, _ended.Task);
    }

    /// <summary>
    /// Stops polling, hands over what is in hand, completes the channel, and leaves the group.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait for a reader to make room; what is in hand then is dropped and was never counted.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_ended.Task.IsCompleted)
            return;
        await DrainAsync(cancellationToken);
        await _leave.CancelAsync();
        await _ended.Task;
    }

    /// <summary>Completes once the consumer has read its partitions to the end and handed everything over, or has ended.</summary>
    public async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var moved = _state.Moved.Next;
            if (EndReached || _ended.Task.IsCompleted)
                return;
            await Task.WhenAny(moved, _ended.Task).WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public long NextOffset(string topic, int partition) =>
        string.Equals(topic, _topic, StringComparison.Ordinal) ? _state.Book.Next(partition) ?? 0 : 0;

    /// <inheritdoc/>
    public Task NextAdvance => _state.Moved.Next;

    /// <summary>Stops without waiting for a reader, and gives back the memory of chunks that nobody took.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _abandon.CancelAsync();
        await StopAsync(CancellationToken.None);
        while (_outlet.Reader.TryRead(out var chunk))
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
#pragma warning disable CA1031 // Whatever ends the thread must reach the reader; nobody else could hear of it.
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
            _outlet.Complete(error);
            _ended.TrySetResult();
            _state.Moved.Pulse();
        }
    }
}
