namespace HnmStreams.Web.Monitoring;

/// <summary>A whole run in bounded memory: when full, every other item goes and only every other new one comes.</summary>
/// <param name="capacity">Items at most, 2 or more; never fewer than half of it once it was full; equally spaced.</param>
/// <remarks>One owner. Amortised O(1).</remarks>
internal sealed class DownsampledSeries<T>(int capacity)
{
    private readonly List<T> _items = [];
    private int _stride = 1;
    private long _seen;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<T> Items => _items;

    public void Add(T item)
    {
        if (_seen++ % _stride != 0)
            return;
        _items.Add(item);
        if (_items.Count < capacity)
            return;
        var left = (_items.Count + 1) / 2;
        for (var i = 0; i < left; i++)
            _items[i] = _items[2 * i];
        _items.RemoveRange(left, _items.Count - left);
        _stride *= 2;
    }
}
