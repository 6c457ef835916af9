using System.Buffers;

namespace HnmStreams.Data.Wire.Values;

/// <summary>Items that are collected in pooled memory until their number is known.</summary>
/// <remarks>A mutable struct: keep it in a local or a field, and dispose it. Not thread-safe.</remarks>
internal struct PooledItems<T> : IDisposable
{
    private const int MinCapacity = 16;

    private T[]? _items;

    public int Count { get; private set; }

    public readonly ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    public void Add(in T item)
    {
        if (_items is null || Count == _items.Length)
            Grow();
        _items![Count++] = item;
    }

    public readonly T[] ToArray() => Items.ToArray();

    public void Dispose()
    {
        if (_items is not null)
            ArrayPool<T>.Shared.Return(_items, clearArray: true);
        (_items, Count) = (null, 0);
    }

    private void Grow()
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(MinCapacity, Count * 2));
        if (_items is not null)
        {
            Items.CopyTo(larger);
            ArrayPool<T>.Shared.Return(_items, clearArray: true);
        }

        _items = larger;
    }
}
