namespace HnmStreams.Web.Monitoring;

/// <summary>A series of any length in bounded memory. When it is full, it drops every second item and halves its sampling rate.</summary>
/// <param name="capacity">Maximum number of items, at least 2. Once it was full, at least half of it is used. Items are equally spaced.</param>
/// <remarks>Not thread-safe. Adding is amortized O(1).</remarks>
internal sealed class DownsampledSeries<T>(int capacity)
{
    private readonly List<T> _items = [];
    private int _stride = 1;
    private long _added;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<T> Items => _items;

    public void Add(T item)
    {
        if (_added++ % _stride != 0)
            return;
        _items.Add(item);
        if (_items.Count < capacity)
            return;
        var remaining = (_items.Count + 1) / 2;
        for (var i = 0; i < remaining; i++)
            _items[i] = _items[2 * i];
        _items.RemoveRange(remaining, _items.Count - remaining);
        _stride *= 2;
    }
}
