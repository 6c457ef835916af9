namespace HnmStreams.Mining.Pool;

/// <summary>
/// Different numbers in ascending order, counted: a B+ tree with nodes of 63 (Bayer and McCreight, 1972) that knows how
/// many keys lie below each child, so that it answers for both ends and for any rank. Wide nodes miss the cache less
/// often than a binary heap does, and a search inside a node compares whole vectors. Nodes are split, joined and
/// evened out on the way down, so that no way back up is needed.
/// </summary>
/// <remarks>One owner, one thread. Keys are 0 to <see cref="long.MaxValue"/> - 1. n is <see cref="Count"/>. Every method is O(log n).</remarks>
internal sealed class OrderTree
{
    private const int Width = OrderNodes.Width;
    private const int Most = OrderNodes.Most;
    private const int Few = Width / 4;
    private const int Joined = Width * 3 / 4;

    private readonly OrderNodes _leaves;
    private readonly OrderNodes _inner;
    private int _root;
    private int _height;

    /// <param name="expected">Keys to have room for from the beginning; more are taken.</param>
    public OrderTree(int expected)
    {
        // Splitting halves a node: with keys that only rise, nodes stay half full.
        var leaves = (expected / ((Width / 2) - 4)) + 2;
        _leaves = new OrderNodes(inner: false, leaves);
        _inner = new OrderNodes(inner: true, (leaves / (Width / 2)) + 2);
        _root = _leaves.Rent();
    }

    public int Count { get; private set; }

    /// <summary>The smallest key; <see cref="long.MaxValue"/> where empty. O(1).</summary>
    public long Smallest { get; private set; } = long.MaxValue;

    /// <summary>The largest key, where there is one.</summary>
    public long Largest => this[Count - 1];

    /// <summary>The key that has <paramref name="rank"/> smaller ones.</summary>
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

    /// <summary>How many keys are smaller.</summary>
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

    /// <summary>Puts a key in that is not there.</summary>
    public void Add(long key)
    {
        if ((_height == 0 ? _leaves : _inner).Sizes[_root] == Most)
            Raise();
        var node = _root;
        for (var level = _height; level > 0; level--)
        {
            var place = ChildFor(node, key);
            var below = level == 1 ? _leaves : _inner;
            if (below.Sizes[_inner.Children[(node * Width) + place]] == Most)
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

    /// <summary>Takes a key out that is there.</summary>
    public void Remove(long key)
    {
        var node = _root;
        // The smallest, which leaves most often, is found without a search.
        var first = key == Smallest;
        for (var level = _height; level > 0; level--)
        {
            var place = first ? 0 : ChildFor(node, key);
            var below = level == 1 ? _leaves : _inner;
            if (below.Sizes[_inner.Children[(node * Width) + place]] <= Few && _inner.Sizes[node] > 1)
            {
                EvenOut(node, Math.Max(0, place - 1), below);
                place = first ? 0 : ChildFor(node, key);
            }

            _inner.Counts[(node * Width) + place]--;
            node = _inner.Children[(node * Width) + place];
        }

        if (!_leaves.RemoveSorted(node, key))
            throw NotThere(key);
        Count--;
        while (_height > 0 && _inner.Sizes[_root] == 1)
            Lower();
        if (first)
            Smallest = Count == 0 ? long.MaxValue : this[0];
    }

    /// <summary>Takes one key out and puts another in; cheaper than both apart where they are neighbours.</summary>
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
            throw NotThere(old);
        _leaves.InsertSorted(node, key);
    }

    public void Clear()
    {
        _leaves.Clear();
        _inner.Clear();
        (_root, _height, Count, Smallest) = (_leaves.Rent(), 0, 0, long.MaxValue);
    }

    // A key below all lower bounds is of the first child.
    private int ChildFor(int node, long key) => Math.Max(0, _inner.CountBelow(node, key + 1) - 1);

    private static InvalidOperationException NotThere(long key) =>
        new($"Key {key} is not in the order: it was changed without being moved.");

    private void Raise()
    {
        var root = _inner.Rent();
        _inner.Insert(root, 0, 0);
        _inner.Children[root * Width] = _root;
        _inner.Counts[root * Width] = Count;
        (_root, _height) = (root, _height + 1);
    }

    private void Lower()
    {
        var root = _root;
        _root = _inner.Children[root * Width];
        _inner.Return(root);
        _height--;
    }

    private void Split(int parent, int place, OrderNodes below)
    {
        var right = below.Rent();
        var left = _inner.Children[(parent * Width) + place];
        below.MoveLast(left, right, Width / 2);
        _inner.Insert(parent, place + 1, below.Key(right, 0));
        _inner.Children[(parent * Width) + place + 1] = right;
        _inner.Counts[(parent * Width) + place + 1] = below.CountOf(right);
        _inner.Counts[(parent * Width) + place] -= below.CountOf(right);
    }

    // Two neighbours become one where that leaves room, or else equally full: either way much must happen before they are looked at again.
    private void EvenOut(int parent, int place, OrderNodes below)
    {
        var at = (parent * Width) + place;
        var (left, right) = (_inner.Children[at], _inner.Children[at + 1]);
        // The bound that the parent knows is the true one: a node's own first bound is not looked at and may be stale.
        if (!ReferenceEquals(below, _leaves))
            below.Key(right, 0) = _inner.Key(parent, place + 1);
        var count = _inner.Counts[at] + _inner.Counts[at + 1];
        if (below.Sizes[left] + below.Sizes[right] <= Joined)
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
