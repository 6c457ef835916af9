using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Producing;

/// <summary>
/// A limit on the records in flight, by count and by bytes, in front of the client's own queue. A caller that finds it
/// full awaits a delivery instead of retrying. Thread-safe; all operations are O(1).
/// </summary>
internal sealed class DeliveryWindow(int maxRecords, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly ProgressSignal _freed = new();
    private long _count;
    private long _bytes;

    /// <summary>A task that completes at the next delivery or failure.</summary>
    public Task NextDelivery => _freed.Next;

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _count == 0;
        }
    }

    /// <summary>Reserves room for a record. A record that is larger than the window enters only an empty window.</summary>
    public bool TryEnter(int size)
    {
        lock (_lock)
        {
            if (_count > 0 && (_count >= maxRecords || _bytes + size > maxBytes))
                return false;
            _count++;
            _bytes += size;
            return true;
        }
    }

    /// <summary>Releases the room of a record that was delivered or has failed.</summary>
    /// <returns>True if no record is in flight anymore.</returns>
    public bool Leave(int size)
    {
        bool isEmpty;
        lock (_lock)
        {
            isEmpty = --_count == 0;
            _bytes -= size;
        }

        _freed.Pulse();
        return isEmpty;
    }

    /// <summary>Waits for room and reserves it.</summary>
    public async ValueTask EnterAsync(int size, CancellationToken cancellationToken)
    {
        while (true)
        {
            var freed = _freed.Next;
            if (TryEnter(size))
                return;
            await freed.WaitAsync(cancellationToken);
        }
    }

    public async Task WaitUntilEmptyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var freed = _freed.Next;
            if (IsEmpty)
                return;
            await freed.WaitAsync(cancellationToken);
        }
    }
}
