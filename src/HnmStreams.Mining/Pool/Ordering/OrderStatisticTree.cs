namespace HnmStreams.Mining.Pool.Ordering;

/// <summary>
/// An order-statistic tree of distinct numbers: a B+ tree with up to 63 keys per node (Bayer and McCreight, 1972) that stores the number of
/// keys below each child, and so answers queries for both ends and for any rank. Wide nodes cause fewer cache misses than a binary heap,
/// and a search inside a node compares whole vectors. Nodes are split, merged and balanced on the way down, so that no second pass is
/// needed.
/// </summary>
/// <remarks>
/// Single-threaded; one owner. Keys are 0 to <see cref="long.MaxValue"/> - 1. n is <see cref="Count"/>. Every operation takes O(log n)
/// unless stated otherwise.
/// </remarks>
internal sealed class OrderStatisticTree
{
    private const int Width = OrderStatisticNodes.Width;
    private const int MaxKeys = OrderStatisticNodes.MaxKeys;
    private const int MinKeys = Width / 4;
    private const int MaxMergedKeys = Width * 3 / 4;

    private readonly OrderStatisticNodes _leaves;
    private readonly OrderStatisticNodes _inner;
    private int _root;
    private int _height;

    /// <summary>Creates an empty tree.</summary>
    /// <param name="expected">Number of keys to reserve memory for. The tree grows beyond it.</param>
    public OrderStatisticTree(int expected)
    {
        // A split halves a node: if keys only increase, nodes stay half full.
        var leaves = (expected / ((Width / 2) - 4)) + 2;
        _leaves = new OrderStatisticNodes(inner: false, leaves);
        _inner = new OrderStatisticNodes(inner: true, (leaves / (Width / 2)) + 2);
        _root = _leaves.Rent();
    }

    /// <summary>The number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>The smallest key; <see cref="long.MaxValue"/> if the tree is empty. O(1).</summary>
    public long Smallest { get; private set; } = long.MaxValue;

    /// <summary>The largest key. The tree must not be empty.</summary>
    public long Largest => this[Count - 1];

    /// <summary>The key with <paramref name="rank"/> smaller keys.</summary>
    public long this[int rank]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)rank, (uint)Count, nameof(rank));
            var node = _root;
            for (var level = _height; level > 0; level--)
            {
                var place = node * Width;
                while (rank >= _inner.Counts[place])
                    rank -= _inner.Counts[place++];
                node = _inner.Children[place];
            }

            return _leaves.Key(node, rank);
        }
    }

    /// <summary>Returns the number of keys smaller than <paramref name="key"/>.</summary>
    public int RankOf(long key)
    {
        var (node, rank) = (_root, 0);
        for (var level = _height; level > 0; level--)
        {
            var place = ChildFor(node, key);
            foreach (var count in _inner.Counts.AsSpan(node * Width, place))
                rank += count;
            node = _inner.Children[(node * Width) + place];
        }

        return rank + _leaves.CountBelow(node, key);
    }

    /// <summary>Adds a key that must not be in the tree.</summary>
    public void Add(long key)
    {
        if ((_height == 0 ? _leaves : _inner).Sizes[_root] == MaxKeys)
            AddLevel();
        var node = _root;
        for (var level = _height; level > 0; level--)
        {
            var place = ChildFor(node, key);
            var below = level == 1 ? _leaves : _inner;
            if (below.Sizes[_inner.Children[(node * Width) + place]] == MaxKeys)
            {
                Split(node, place, below);
                place = ChildFor(node, key);
            }

            _inner.Counts[(node * Width) + place]++;
            node = _inner.Children[(node * Width) + place];
        }

        _leaves.InsertSorted(node, key);
        Count++;
        Smallest = Math.Min(Smallest, key);
    }

    /// <summary>Removes a key that must be in the tree.</summary>
    public void Remove(long key)
    {
        var node = _root;
        // The smallest key, which is removed most often, is found without a search.
        var first = key == Smallest;
        for (var level = _height; level > 0; level--)
        {
            var place = first ? 0 : ChildFor(node, key);
            var below = level == 1 ? _leaves : _inner;
            if (below.Sizes[_inner.Children[(node * Width) + place]] <= MinKeys && _inner.Sizes[node] > 1)
            {
                MergeOrBalance(node, Math.Max(0, place - 1), below);
                place = first ? 0 : ChildFor(node, key);
            }

            _inner.Counts[(node * Width) + place]--;
            node = _inner.Children[(node * Width) + place];
        }

        if (!_leaves.RemoveSorted(node, key))
            throw KeyNotFound(key);
        Count--;
        while (_height > 0 && _inner.Sizes[_root] == 1)
            RemoveLevel();
        if (first)
            Smallest = Count == 0 ? long.MaxValue : this[0];
    }

    /// <summary>Replaces one key by another. Cheaper than removing and adding if both belong to the same leaf.</summary>
    public void Replace(long old, long key)
    {
        var node = _root;
        for (var level = _height; level > 0; level--)
            node = _inner.Children[(node * Width) + ChildFor(node, old)];
        var size = _leaves.Sizes[node];
        if (size < 2 || key <= _leaves.Key(node, 0) || key >= _leaves.Key(node, size - 1) || old == _leaves.Key(node, 0))
        {
            Remove(old);
            Add(key);
            return;
        }

        if (!_leaves.RemoveSorted(node, old))
            throw KeyNotFound(old);
        _leaves.InsertSorted(node, key);
    }

    public void Clear()
    {
        _leaves.Clear();
        _inner.Clear();
        (_root, _height, Count, Smallest) = (_leaves.Rent(), 0, 0, long.MaxValue);
    }

    // A key below all lower bounds belongs to the first child.
    private int ChildFor(int node, long key) => Math.Max(0, _inner.CountBelow(node, key + 1) - 1);

    private static InvalidOperationException KeyNotFound(long key) =>
        new($"Key {key} is not in the tree: a priority was changed without updating the tree.");

    private void AddLevel()
    {
        var root = _inner.Rent();
        _inner.Insert(root, 0, 0);
        _inner.Children[root * Width] = _root;
        _inner.Counts[root * Width] = Count;
        (_root, _height) = (root, _height + 1);
    }

    private void RemoveLevel()
    {
        var root = _root;
        _root = _inner.Children[root * Width];
        _inner.Return(root);
        _height--;
    }

    private void Split(int parent, int place, OrderStatisticNodes below)
    {
        var right = below.Rent();
        var left = _inner.Children[(parent * Width) + place];
        below.MoveLast(left, right, Width / 2);
        _inner.Insert(parent, place + 1, below.Key(right, 0));
        _inner.Children[(parent * Width) + place + 1] = right;
        _inner.Counts[(parent * Width) + place + 1] = below.CountOf(right);
        _inner.Counts[(parent * Width) + place] -= below.CountOf(right);
    }

    // Merges two neighbors if the result has room left, otherwise balances them. Either way, many changes can follow before they are
    // examined again.
    private void MergeOrBalance(int parent, int place, OrderStatisticNodes below)
    {
        var at = (parent * Width) + place;
        var (left, right) = (_inner.Children[at], _inner.Children[at + 1]);
        // The parent holds the valid lower bound: a node's own first bound is not used and may be stale.
        if (!ReferenceEquals(below, _leaves))
            below.Key(right, 0) = _inner.Key(parent, place + 1);
        var count = _inner.Counts[at] + _inner.Counts[at + 1];
        if (below.Sizes[left] + below.Sizes[right] <= MaxMergedKeys)
        {
            below.MoveFirst(right, left, below.Sizes[right]);
            below.Return(right);
            _inner.RemoveAt(parent, place + 1);
            _inner.Counts[at] = count;
            return;
        }

        var surplus = (below.Sizes[left] - below.Sizes[right]) / 2;
        if (surplus > 0)
            below.MoveLast(left, right, surplus);
        else
            below.MoveFirst(right, left, -surplus);
        _inner.Key(parent, place + 1) = below.Key(right, 0);
        _inner.Counts[at + 1] = below.CountOf(right);
        _inner.Counts[at] = count - _inner.Counts[at + 1];
    }
}
