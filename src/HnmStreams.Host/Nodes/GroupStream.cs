using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Consuming.Groups;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Pipeline.Nodes;

namespace HnmStreams.Host.Nodes;

/// <summary>The partitions that a consumer group assigns to a score node, read from the positions of the learner.</summary>
/// <remarks>Thread-safe. One restart at a time.</remarks>
internal sealed class GroupStream : IRestartableStream, IPositionLedger, IRebalanceListener, IAsyncDisposable
{
    // What is not admitted by then is read again by the next owner.
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    private readonly string _topic;
    private readonly IRecordDecoder _decoder;
    private readonly TimeProvider _time;
    private readonly Func<RecordConsumer> _join;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Topic, int Partition), long> _passedOn = [];
    private readonly SortedSet<int> _assigned = [];
    private IReadOnlyList<StreamPosition> _positions = [];
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _admitted = NewSignal();
    private Task _passing = Task.CompletedTask;
    private RecordConsumer? _consumer;
    private long _bytesBefore;
    private int _era;

    public GroupStream(KafkaOptions kafka, ConsumingOptions options, StartPosition from, IRecordDecoder decoder, TimeProvider time, ILogger logger)
    {
        (_topic, _decoder, _time) = (kafka.Topic, decoder, time);
        _join = () => new RecordConsumer(kafka, options, from, this, time, logger, this);
        Join();
    }

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public IReadOnlyList<int> Partitions
    {
        get
        {
            lock (_gate)
                return [.. _assigned];
        }
    }

    /// <inheritdoc/>
    public long BytesRead => Volatile.Read(ref _bytesBefore) + (Volatile.Read(ref _consumer)?.Status.Bytes ?? 0);

    /// <inheritdoc/>
    public long Lag => Volatile.Read(ref _consumer)?.Status.Partitions.Where(partition => partition.IsAssigned).Sum(partition => partition.Lag ?? 0) ?? 0;

    /// <inheritdoc/>
    public async Task<ChannelReader<RecordChunk>> RestartAsync(IReadOnlyList<StreamPosition> positions, CancellationToken session)
    {
        await _passing;
        lock (_gate)
        {
            _positions = positions;
            _passedOn.Clear();
            _changed = NewSignal();
        }

        var consumer = _consumer ?? Join();
        // Chunks of the new era may arrive before its number is known here: they must not be lost.
        var newer = new Queue<RecordChunk>();
        try
        {
            _era = await RestartAsync(consumer, newer, session);
        }
        catch
        {
            Drop(newer);
            throw;
        }

        var passed = Channel.CreateBounded<RecordChunk>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
        _passing = PassAsync(consumer.Chunks, _era, newer, passed.Writer, session);
        return passed.Reader;
    }

    /// <summary>Restarts the consumer, drops the chunks of earlier eras meanwhile, and returns the new era.</summary>
    private async Task<int> RestartAsync(RecordConsumer consumer, Queue<RecordChunk> newer, CancellationToken session)
    {
        var restart = consumer.RestartAsync(session);
        while (!restart.IsCompleted)
        {
            // A full channel would hold up the consumer.
            var waiting = consumer.Chunks.WaitToReadAsync(session).AsTask();
            await Task.WhenAny(restart, waiting);
            if (waiting.IsCompleted && !await waiting)
                break;
            while (!restart.IsCompleted && consumer.Chunks.TryRead(out var chunk))
            {
                if (chunk.Era > _era)
                    newer.Enqueue(chunk);
                else
                    chunk.Dispose();
            }
        }

        return await restart;
    }

    /// <inheritdoc/>
    public Task WaitForChangeAsync()
    {
        lock (_gate)
            return _changed.Task;
    }

    /// <inheritdoc/>
    public void Admitted(IReadOnlyList<StreamPosition> positions)
    {
        lock (_gate)
        {
            _positions = positions;
            _admitted.TrySetResult();
            _admitted = NewSignal();
        }
    }

    /// <inheritdoc/>
    public async Task CommitAsync(IReadOnlyList<StreamPosition> durable)
    {
        if (Volatile.Read(ref _consumer) is { } consumer)
            await consumer.CommitAsync([.. durable.Where(position => string.Equals(position.Topic, _topic, StringComparison.Ordinal))], CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync()
    {
        await _passing;
        if (_consumer is not { } consumer)
            return;
        // No session waits for what was read.
        lock (_gate)
            _passedOn.Clear();
        await consumer.DisposeAsync();
        Interlocked.Add(ref _bytesBefore, consumer.Status.Bytes);
        Volatile.Write(ref _consumer, null);
        lock (_gate)
            _assigned.Clear();
    }

    /// <inheritdoc/>
    public bool Knows(string topic)
    {
        lock (_gate)
            return _positions.Any(position => string.Equals(position.Topic, topic, StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public bool TryGet(string topic, int partition, out long nextOffset)
    {
        lock (_gate)
        {
            var known = _positions.FirstOrDefault(position => position.Partition == partition && string.Equals(position.Topic, topic, StringComparison.Ordinal));
            nextOffset = known.NextOffset;
            return known.Topic is not null;
        }
    }

    /// <summary>Waits until the learner has taken in what was read of the partitions, for a short time, so that their next owner reads little of it again.</summary>
    public async Task BeforeRevokedAsync(IReadOnlyList<int> partitions)
    {
        var start = _time.GetTimestamp();
        while (_time.GetElapsedTime(start) < FlushTimeout)
        {
            Task next;
            lock (_gate)
            {
                if (partitions.All(IsAdmitted))
                    break;
                next = _admitted.Task;
            }

            await Task.WhenAny(next, Task.Delay(FlushTimeout, _time));
        }

        lock (_gate)
        {
            _assigned.ExceptWith(partitions);
            _changed.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public void Assigned(IReadOnlyList<int> partitions)
    {
        lock (_gate)
        {
            _assigned.UnionWith(partitions);
            _changed.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_consumer is { } consumer)
            await consumer.DisposeAsync();
        await _passing;
    }

    private RecordConsumer Join()
    {
        var consumer = _join();
        _era = 0;
        Volatile.Write(ref _consumer, consumer);
        consumer.Start();
        return consumer;
    }

    private bool IsAdmitted(int partition) =>
        !_passedOn.TryGetValue((_topic, partition), out var passed) || _positions.Any(position => position.Partition == partition && string.Equals(position.Topic, _topic, StringComparison.Ordinal) && position.NextOffset >= passed);

    private async Task PassAsync(ChannelReader<RecordChunk> chunks, int era, Queue<RecordChunk> first, ChannelWriter<RecordChunk> passed, CancellationToken session)
    {
        Exception? error = null;
        try
        {
            while (first.TryDequeue(out var chunk))
                await PassAsync(era, chunk, passed, session);
            await foreach (var next in chunks.ReadAllAsync(session))
                await PassAsync(era, next, passed, session);

            error = new InvalidOperationException("The consumer has ended.");
        }
        catch (OperationCanceledException)
        {
            // The session has ended.
        }
#pragma warning disable CA1031 // Every failure of the consumer must reach the node.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = e;
        }

        Drop(first);
        passed.TryComplete(error);
        if (error is null)
            return;
        lock (_gate)
            _changed.TrySetException(error);
    }

    private async Task PassAsync(int era, RecordChunk chunk, ChannelWriter<RecordChunk> passed, CancellationToken session)
    {
        if (chunk.Era < era)
        {
            chunk.Dispose();
            return;
        }

        try
        {
            await _decoder.PrepareAsync(chunk, session);
            lock (_gate)
            {
                foreach (var record in chunk.Records)
                    _passedOn[(record.Topic, record.Partition)] = record.Offset + 1;
            }

            await passed.WriteAsync(chunk, session);
        }
        catch
        {
            chunk.Dispose();
            throw;
        }
    }

    private static void Drop(Queue<RecordChunk> chunks)
    {
        while (chunks.TryDequeue(out var chunk))
            chunk.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
