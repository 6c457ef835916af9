using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Producing;

/// <summary>
/// Bounds what is under way, by count and by bytes, in front of the client's own queue: whoever finds it full awaits
/// deliveries instead of trying again and again. Thread-safe; O(1).
/// </summary>
internal sealed class DeliveryWindow(int records, long bytes)
{
    private readonly Lock _lock = new();
    private readonly ProgressSignal _left = new();
    private long _count;
    private long _bytes;

    /// <summary>Completes at the next delivery or failure.</summary>
    public Task NextDelivery => _left.Next;

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _count == 0;
        }
    }

    /// <summary>Takes a place; a record larger than all of the window passes when it is alone.</summary>
    public bool TryEnter(int size)
    {
        lock (_lock)
        {
            if (_count > 0 && (_count >= records || _bytes + size > bytes))
                return false;
            _count++;
            _bytes += size;
            return true;
        }
    }

    /// <returns>Whether nothing is under way any more.</returns>
    public bool Leave(int size)
    {
        bool isEmpty;
        lock (_lock)
        {
            isEmpty = --_count == 0;
            _bytes -= size;
        }

        _left.Pulse();
        return isEmpty;
    }

    public async ValueTask EnterAsync(int size, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = _left.Next;
            if (TryEnter(size))
                return;
            await left.WaitAsync(cancellationToken);
        }
    }

    public async Task WaitUntilEmptyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = _left.Next;
            if (IsEmpty)
                return;
            await left.WaitAsync(cancellationToken);
        }
    }
}
