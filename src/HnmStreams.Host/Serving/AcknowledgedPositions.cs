using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Consuming.Groups;

namespace HnmStreams.Host.Serving;

/// <summary>
/// The positions of a served stream. They are committed only after every prediction and dead letter below them is acknowledged, so that a
/// record is predicted at least once: once per interval, before the group revokes partitions, and at the end.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class AcknowledgedPositions(IPredictionSink predictions, IDeadLetterSink deadLetters, ILogger logger) : IPositionSink, IRebalanceListener, IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _committing = new(1, 1);

    // Only those that have advanced since the last commit: another member may have read on in a partition that was revoked.
    private readonly Dictionary<(string Topic, int Partition), long> _open = [];
    private readonly Dictionary<(string Topic, int Partition), long> _last = [];
    private RecordConsumer _consumer = null!;

    /// <summary>Connects the consumer. Must be called before it starts.</summary>
    public void Join(RecordConsumer consumer) => _consumer = consumer;

    public void Advance(IReadOnlyList<StreamPosition> positions)
    {
        lock (_gate)
        {
            foreach (var position in positions)
            {
                var key = (position.Topic, position.Partition);
                if (_last.TryGetValue(key, out var last) && last == position.NextOffset)
                    continue;
                _last[key] = _open[key] = position.NextOffset;
            }
        }
    }

    /// <summary>Waits until everything below the positions is acknowledged, and commits them. A commit that the broker rejects is tried again by the next call.</summary>
    /// <exception cref="PredictionDeliveryException">A prediction could not be delivered.</exception>
    /// <exception cref="DeadLetterException">A dead letter could not be delivered.</exception>
    public async Task CommitAsync(CancellationToken cancellation)
    {
        await _committing.WaitAsync(cancellation);
        try
        {
            var positions = Open();
            if (positions.Count == 0)
                return;
            await deadLetters.FlushAsync(cancellation);
            await predictions.FlushAsync(cancellation);
            await _consumer.CommitAsync(positions, cancellation);
            Close(positions);
        }
        catch (KafkaException e)
        {
            LogNotCommitted(e.Error.Reason);
        }
        finally
        {
            _committing.Release();
        }
    }

    /// <summary>Commits once per interval until it is canceled.</summary>
    public async Task RunAsync(TimeSpan interval, TimeProvider time, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                await CommitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The stream ends, with a last commit.
        }
    }

    /// <inheritdoc/>
    public Task BeforeRevokedAsync(IReadOnlyList<int> partitions) => CommitAsync(CancellationToken.None);

    public void Dispose() => _committing.Dispose();

    private List<StreamPosition> Open()
    {
        lock (_gate)
            return [.. _open.Select(p => new StreamPosition(p.Key.Topic, p.Key.Partition, p.Value))];
    }

    private void Close(List<StreamPosition> committed)
    {
        lock (_gate)
        {
            foreach (var position in committed)
            {
                if (_open.GetValueOrDefault((position.Topic, position.Partition)) == position.NextOffset)
                    _open.Remove((position.Topic, position.Partition));
            }
        }
    }

    [LoggerMessage(EventId = 240, Level = LogLevel.Warning, Message = "The offsets could not be committed: {Reason}. They are committed with the next ones.")]
    private partial void LogNotCommitted(string reason);
}
