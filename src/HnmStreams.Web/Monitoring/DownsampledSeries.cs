namespace HnmStreams.Web.Monitoring;

/// <summary>A series of any length in bounded memory. When it is full, it drops every second item and halves its sampling rate.</summary>
/// <param name="capacity">Maximum number of items, at least 2. Once it was full, at least half of it is used. Items are equally spaced.</param>
/// <remarks>Not thread-safe. Adding is amortized O(1).</remarks>
internal sealed class DownsampledSeries<T>(int capacity)
{
    private readonly List<T> _items = [];
    private long _added;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<T> Items => _items;

    /// <summary>The number of added items per stored item.</summary>
    public int Stride { get; private set; } = 1;

    public void Add(T item)
    {
        if (_added++ % Stride != 0)
            return;
        _items.Add(item);
        Shrink();
    }

    /// <summary>Replaces the content with a stored series, which continues at the same sampling rate.</summary>
    /// <param name="items">Oldest first.</param>
    /// <param name="stride">The stride at which they were stored, 1 or more.</param>
    public void Restore(IReadOnlyList<T> items, int stride)
    {
        _items.Clear();
        _items.AddRange(items);
        Stride = stride;
        while (_items.Count >= capacity)
            Shrink();
        _added = (long)_items.Count * Stride;
    }

    public void Clear() => Restore([], 1);

    private void Shrink()
    {
        if (_items.Count < capacity)
            return;
        var remaining = (_items.Count + 1) / 2;
        for (var i = 0; i < remaining; i++)
            _items[i] = _items[2 * i];
        _items.RemoveRange(remaining, _items.Count - remaining);
        Stride *= 2;
    }
}
