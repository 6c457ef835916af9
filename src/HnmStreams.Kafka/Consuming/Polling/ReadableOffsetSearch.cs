namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>
/// The search for the first offset after a batch that cannot be read. The length of the batch is unknown, because its header is
/// not available to the application. A read inside the batch fails, and a read after it succeeds, so the search doubles its step
/// until a read succeeds, and then bisects: O(log n) reads for a batch of n offsets.
/// </summary>
/// <param name="first">The first offset that could not be read.</param>
/// <param name="end">The end offset of the partition, which is above <paramref name="first"/> and outside the batch.</param>
internal sealed class ReadableOffsetSearch(long first, long end)
{
    private long _unreadable = first;
    private long _readable = end;
    private long _step = 1;
    private bool _isBounded;

    /// <summary>The first offset that could not be read.</summary>
    public long First { get; } = first;

    /// <summary>The next offset to read; after the search, the first offset after the batch.</summary>
    public long Probe { get; private set; } = first + 1;

    /// <summary>True if <see cref="Probe"/> is the first offset after the batch.</summary>
    public bool IsFinished => _readable - _unreadable == 1;

    /// <summary>Notes that a read at <see cref="Probe"/> failed because of the same batch.</summary>
    public void MarkUnreadable()
    {
        _unreadable = Math.Max(_unreadable, Probe);
        _step *= 2;
        MoveProbe();
    }

    /// <summary>Notes that a read at <see cref="Probe"/> reached offsets after the batch.</summary>
    public void MarkReadable()
    {
        _readable = Math.Min(_readable, Probe);
        _isBounded = true;
        MoveProbe();
    }

    private void MoveProbe()
    {
        if (!_isBounded && _readable - _unreadable <= _step)
            _isBounded = true;
        Probe = IsFinished ? _readable
            : _isBounded ? _unreadable + ((_readable - _unreadable) / 2)
            : _unreadable + _step;
    }
}
