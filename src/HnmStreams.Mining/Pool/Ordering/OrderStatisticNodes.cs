using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HnmStreams.Mining.Pool.Ordering;

/// <summary>
/// The nodes of an <see cref="OrderStatisticTree"/> in a few parallel arrays. A node holds up to <see cref="MaxKeys"/> ascending keys. An
/// inner node also holds, beside each key, a child and the number of keys below it; the key is the child's lower bound.
/// </summary>
/// <remarks>
/// Single-threaded; one owner. Unused places of a node, of which there is always at least one, hold <see cref="long.MaxValue"/>. Whole
/// vectors can therefore be processed whatever the size of the node, without mispredicted branches.
/// </remarks>
internal sealed class OrderStatisticNodes
{
    /// <summary>The number of places per node.</summary>
    public const int Width = 64;

    /// <summary>The maximum number of keys per node.</summary>
    public const int MaxKeys = Width - 1;

    private readonly Stack<int> _free = new();
    private readonly bool _inner;
    private int _used;
    private long[] _keys = [];
    private int _aligned;

    public OrderStatisticNodes(bool inner, int expected)
    {
        _inner = inner;
        Reserve(Math.Max(2, expected));
    }

    /// <summary>The child at each place of an inner node; empty for leaves.</summary>
    public int[] Children { get; private set; } = [];

    /// <summary>The number of keys below the child at each place of an inner node; empty for leaves.</summary>
    public int[] Counts { get; private set; } = [];

    /// <summary>The number of keys of each node.</summary>
    public int[] Sizes { get; private set; } = [];

    /// <summary>Returns an empty node. Amortized O(width).</summary>
    public int Rent()
    {
        if (!_free.TryPop(out var node))
        {
            node = _used++;
            if (node == Sizes.Length)
                Reserve(node * 2);
        }

        Sizes[node] = 0;
        KeysFrom(node * Width, Width).Fill(long.MaxValue);
        return node;
    }

    public void Return(int node) => _free.Push(node);

    public void Clear()
    {
        _free.Clear();
        _used = 0;
    }

    /// <summary>Returns the key at a place of a node.</summary>
    public ref long Key(int node, int place) => ref _keys[_aligned + (node * Width) + place];

    /// <summary>Counts the keys of a node that are smaller than <paramref name="key"/>. O(width).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CountBelow(int node, long key)
    {
        ref var first = ref FirstKey(node);
        var bound = Vector256.Create(key);
        var (even, odd) = (Vector256<long>.Zero, Vector256<long>.Zero);
        for (nuint i = 0; i < Width; i += 8)
        {
            even -= Vector256.LessThan(Vector256.LoadUnsafe(ref first, i), bound);
            odd -= Vector256.LessThan(Vector256.LoadUnsafe(ref first, i + 4), bound);
        }

        return (int)Vector256.Sum(even + odd);
    }

    /// <summary>Inserts a key into a leaf that is not full: each place keeps its key, takes its neighbor's, or takes the new one. O(width).</summary>
    public void InsertSorted(int leaf, long key)
    {
        ref var first = ref FirstKey(leaf);
        var inserted = Vector256.Create(key);
        var smallest = Math.Min(first, key);
        for (nuint i = Width - 4; i > 0; i -= 4)
        {
            var here = Vector256.LoadUnsafe(ref first, i);
            var before = Vector256.LoadUnsafe(ref first, i - 1);
            Vector256.ConditionalSelect(Vector256.LessThan(here, inserted), here, Vector256.Max(before, inserted)).StoreUnsafe(ref first, i);
        }

        // The first vector has no predecessor.
        var start = Vector256.LoadUnsafe(ref first);
        var shifted = Vector256.Shuffle(start, Vector256.Create(0L, 0, 1, 2));
        Vector256.ConditionalSelect(Vector256.LessThan(start, inserted), start, Vector256.Max(shifted, inserted)).StoreUnsafe(ref first);
        first = smallest;
        Sizes[leaf]++;
    }

    /// <summary>Removes a key from a leaf. O(width).</summary>
    /// <returns>False if the key was not found; the leaf is corrupt in that case.</returns>
    public bool RemoveSorted(int leaf, long key)
    {
        ref var first = ref FirstKey(leaf);
        var removed = Vector256.Create(key);
        var found = Vector256<long>.Zero;
        for (nuint i = 0; i < Width - 4; i += 4)
        {
            var here = Vector256.LoadUnsafe(ref first, i);
            found |= Vector256.Equals(here, removed);
            Vector256.ConditionalSelect(Vector256.LessThan(here, removed), here, Vector256.LoadUnsafe(ref first, i + 1)).StoreUnsafe(ref first, i);
        }

        // The last vector has no successor, and its last place is never used.
        var end = Vector256.LoadUnsafe(ref first, Width - 4);
        var moved = Vector256.Shuffle(end, Vector256.Create(1L, 2, 3, 3));
        Vector256.ConditionalSelect(Vector256.LessThan(end, removed), end, moved).StoreUnsafe(ref first, Width - 4);
        found |= Vector256.Equals(end, removed);
        Sizes[leaf]--;
        return found != Vector256<long>.Zero;
    }

    /// <summary>Inserts a key at a place of a node that is not full. O(width).</summary>
    public void Insert(int node, int place, long key)
    {
        var (start, size) = (node * Width, Sizes[node]++);
        var keys = KeysFrom(start, size + 1);
        keys[place..size].CopyTo(keys[(place + 1)..]);
        keys[place] = key;
        if (!_inner)
            return;
        var children = Children.AsSpan(start, size + 1);
        children[place..size].CopyTo(children[(place + 1)..]);
        var counts = Counts.AsSpan(start, size + 1);
        counts[place..size].CopyTo(counts[(place + 1)..]);
    }

    /// <summary>Removes the key at a place. O(width).</summary>
    public void RemoveAt(int node, int place)
    {
        var (start, size) = (node * Width, --Sizes[node]);
        var keys = KeysFrom(start, size + 1);
        keys[(place + 1)..].CopyTo(keys[place..]);
        keys[size] = long.MaxValue;
        if (!_inner)
            return;
        var children = Children.AsSpan(start, size + 1);
        children[(place + 1)..].CopyTo(children[place..]);
        var counts = Counts.AsSpan(start, size + 1);
        counts[(place + 1)..].CopyTo(counts[place..]);
    }

    /// <summary>Moves the last <paramref name="count"/> keys of one node before the first key of another. O(width).</summary>
    public void MoveLast(int from, int to, int count)
    {
        var (source, target, size) = ((from * Width) + Sizes[from] - count, to * Width, Sizes[to]);
        KeysFrom(target, size).CopyTo(KeysFrom(target + count));
        KeysFrom(source, count).CopyTo(KeysFrom(target));
        KeysFrom(source, count).Fill(long.MaxValue);
        if (_inner)
        {
            Children.AsSpan(target, size).CopyTo(Children.AsSpan(target + count));
            Children.AsSpan(source, count).CopyTo(Children.AsSpan(target));
            Counts.AsSpan(target, size).CopyTo(Counts.AsSpan(target + count));
            Counts.AsSpan(source, count).CopyTo(Counts.AsSpan(target));
        }

        Sizes[from] -= count;
        Sizes[to] += count;
    }

    /// <summary>Moves the first <paramref name="count"/> keys of one node behind the last key of another. O(width).</summary>
    public void MoveFirst(int from, int to, int count)
    {
        var (source, target, rest) = (from * Width, (to * Width) + Sizes[to], Sizes[from] - count);
        KeysFrom(source, count).CopyTo(KeysFrom(target));
        KeysFrom(source + count, rest).CopyTo(KeysFrom(source));
        KeysFrom(source + rest, count).Fill(long.MaxValue);
        if (_inner)
        {
            Children.AsSpan(source, count).CopyTo(Children.AsSpan(target));
            Children.AsSpan(source + count, rest).CopyTo(Children.AsSpan(source));
            Counts.AsSpan(source, count).CopyTo(Counts.AsSpan(target));
            Counts.AsSpan(source + count, rest).CopyTo(Counts.AsSpan(source));
        }

        Sizes[from] -= count;
        Sizes[to] += count;
    }

    /// <summary>Returns the number of keys below a node.</summary>
    public int CountOf(int node)
    {
        if (!_inner)
            return Sizes[node];
        var count = 0;
        foreach (var below in Counts.AsSpan(node * Width, Sizes[node]))
            count += below;
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref long FirstKey(int node) => ref KeysFrom(node * Width, Width)[0];

    // All places from this one to the end.
    private Span<long> KeysFrom(int place) => _keys.AsSpan(_aligned + place);

    private Span<long> KeysFrom(int place, int count) => _keys.AsSpan(_aligned + place, count);

    // Nodes are aligned to cache lines, so that no vector spans two lines. This needs a pinned array, which the garbage collector does not
    // move.
    private unsafe void Reserve(int nodes)
    {
        const int Line = 64;
        var keys = GC.AllocateUninitializedArray<long>((nodes * Width) + (Line / sizeof(long)), pinned: true);
        var aligned = (int)((Line - ((nint)Unsafe.AsPointer(ref keys[0]) % Line)) % Line) / sizeof(long);
        if (_used > 0)
            KeysFrom(0, Sizes.Length * Width).CopyTo(keys.AsSpan(aligned));
        (_keys, _aligned) = (keys, aligned);
        Sizes = Grown(Sizes, nodes);
        if (_inner)
            (Children, Counts) = (Grown(Children, nodes * Width), Grown(Counts, nodes * Width));
    }

    private static T[] Grown<T>(T[] array, int length)
    {
        Array.Resize(ref array, length);
        return array;
    }
}
