using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Embedded;

/// <summary>
/// Holds a producer back so that no partition ever carries more unread bytes than it may. librdkafka's own cluster
/// keeps 5 MiB a partition and then silently drops the oldest, read or not.
/// </summary>
/// <remarks>
/// Thread-safe. Which partition a record goes to is known only once it is delivered, so what is under way counts
/// against every partition. It knows of the records that passed through it and of no other producer's: what the default
/// of 3 MiB leaves below 5 MiB is for those. Amortised O(1) a record.
/// </remarks>
public sealed class FeedGate
{
    /// <summary>Header, offsets and lengths of a record in its batch, rounded up.</summary>
    private const int RecordOverhead = 64;

    private readonly Lock _lock = new();
    private readonly string _topic;
    private readonly IFeedProgress _progress;
    private readonly long _limit;
    private readonly Dictionary<int, Partition> _partitions = [];
    private readonly ProgressSignal _settled = new();
    private long _underWay;
    private long _largest;

    /// <param name="bytesPerPartition">Unread bytes a partition may carry, records still under way included; above 0.</param>
    public FeedGate(string topic, IFeedProgress progress, long bytesPerPartition = 3 * 1024 * 1024)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerPartition);
        (_topic, _progress, _limit) = (topic, progress, bytesPerPartition);
    }

    /// <summary>Unread bytes in the fullest partition, with all that is under way: what is held under the limit.</summary>
    public long LargestLag
    {
        get
        {
            lock (_lock)
            {
                Settle();
                return _largest + _underWay;
            }
        }
    }

    /// <summary>Waits until a record of so many bytes may be produced, and counts it as under way.</summary>
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

    /// <summary>Counts the record as under way, or says that it has to wait. One that is larger than the limit passes alone.</summary>
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

            _underWay += size;
            return true;
        }
    }

    /// <summary>The record lies in its partition now.</summary>
    public void Delivered(int partition, long offset, int bytes)
    {
        var size = bytes + RecordOverhead;
        lock (_lock)
        {
            if (!_partitions.TryGetValue(partition, out var lag))
                _partitions[partition] = lag = new Partition();
            _underWay -= size;
            lag.Unread.Enqueue((offset, size));
            lag.Bytes += size;
            _largest = Math.Max(_largest, lag.Bytes);
        }

        _settled.Pulse();
    }

    /// <summary>The record was given up and lies nowhere.</summary>
    public void Failed(int bytes)
    {
        lock (_lock)
            _underWay -= bytes + RecordOverhead;
        _settled.Pulse();
    }

    private bool Fits(int size) => _largest + _underWay + size <= _limit || _largest + _underWay == 0;

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
