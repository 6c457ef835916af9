using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Embedded;

/// <summary>
/// A limit on the unread bytes per partition, which holds a producer back. The embedded cluster keeps 5 MiB per partition
/// and then silently drops the oldest records, read or not.
/// </summary>
/// <remarks>
/// Thread-safe. The partition of a record is known only when it is delivered, so the records in flight count against every
/// partition. The gate counts only the records that passed through it; the default of 3 MiB leaves 2 MiB for other
/// producers. Amortized O(1) per record.
/// </remarks>
public sealed class FeedGate
{
    /// <summary>The bytes of a record in its batch beyond key and value (header, offset and lengths), rounded up.</summary>
    private const int RecordOverhead = 64;

    private readonly Lock _lock = new();
    private readonly string _topic;
    private readonly IFeedProgress _progress;
    private readonly long _limit;
    private readonly Dictionary<int, Partition> _partitions = [];
    private readonly ProgressSignal _settled = new();
    private long _inFlight;
    private long _largest;

    /// <param name="bytesPerPartition">The maximum number of unread bytes per partition, including the records in flight; above 0.</param>
    public FeedGate(string topic, IFeedProgress progress, long bytesPerPartition = 3 * 1024 * 1024)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerPartition);
        (_topic, _progress, _limit) = (topic, progress, bytesPerPartition);
    }

    /// <summary>The unread bytes in the fullest partition plus all bytes in flight. The gate keeps this value below the limit.</summary>
    public long LargestLag
    {
        get
        {
            lock (_lock)
            {
                Settle();
                return _largest + _inFlight;
            }
        }
    }

    /// <summary>Waits until a record of this size may be produced, and counts it as in flight.</summary>
    public async ValueTask AdmitAsync(int bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (advance, settled) = (_progress.NextAdvance, _settled.Next);
            if (TryAdmit(bytes))
                return;
            await Task.WhenAny(advance, settled).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Counts a record as in flight. Returns false if it has to wait. A record larger than the limit passes if nothing else is unread.</summary>
    public bool TryAdmit(int bytes)
    {
        var size = bytes + RecordOverhead;
        lock (_lock)
        {
            if (!Fits(size))
            {
                Settle();
                if (!Fits(size))
                    return false;
            }

            _inFlight += size;
            return true;
        }
    }

    /// <summary>Notes that a record was delivered to a partition.</summary>
    public void Delivered(int partition, long offset, int bytes)
    {
        var size = bytes + RecordOverhead;
        lock (_lock)
        {
            if (!_partitions.TryGetValue(partition, out var lag))
                _partitions[partition] = lag = new Partition();
            _inFlight -= size;
            lag.Unread.Enqueue((offset, size));
            lag.Bytes += size;
            _largest = Math.Max(_largest, lag.Bytes);
        }

        _settled.Pulse();
    }

    /// <summary>Notes that a record could not be delivered.</summary>
    public void Failed(int bytes)
    {
        lock (_lock)
            _inFlight -= bytes + RecordOverhead;
        _settled.Pulse();
    }

    private bool Fits(int size) => _largest + _inFlight + size <= _limit || _largest + _inFlight == 0;

    private void Settle()
    {
        _largest = 0;
        foreach (var (number, lag) in _partitions)
        {
            var next = _progress.NextOffset(_topic, number);
            while (lag.Unread.TryPeek(out var oldest) && oldest.Offset < next)
            {
                lag.Unread.Dequeue();
                lag.Bytes -= oldest.Size;
            }

            _largest = Math.Max(_largest, lag.Bytes);
        }
    }

    private sealed class Partition
    {
        public Queue<(long Offset, int Size)> Unread { get; } = [];

        public long Bytes { get; set; }
    }
}
