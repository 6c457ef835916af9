namespace HnmStreams.Mining.Pool;

/// <summary>
/// A heap of slot numbers whose keys may change: it knows where each slot stands. Four children a node, since a
/// shallower tree misses the cache less often.
/// </summary>
/// <param name="before">Whether the first slot belongs above the second.</param>
/// <remarks>One owner, one thread. <see cref="Add"/>, <see cref="Remove"/>, <see cref="Moved"/> O(log n), all else O(1).</remarks>
internal sealed class SlotHeap(Func<int, int, bool> before)
{
    private const int Arity = 4;
    private int[] _heap = new int[16];
    private int[] _place = new int[16];

    public int Count { get; private set; }

    public int Top => _heap[0];

    /// <summary>The slot at a place of the heap, in no particular order.</summary>
    public int this[int place] => _heap[place];

    public void Add(int slot)
    {
        if (Count == _heap.Length)
            Array.Resize(ref _heap, Count * 2);
        if (slot >= _place.Length)
            Array.Resize(ref _place, Math.Max(slot + 1, _place.Length * 2));
        Put(Count++, slot);
        Up(_place[slot]);
    }

    public void Remove(int slot)
    {
        var place = _place[slot];
        var last = _heap[--Count];
        if (last == slot)
            return;
        Put(place, last);
        Moved(last);
    }

    /// <summary>The key of a slot has changed.</summary>
    public void Moved(int slot)
    {
        Up(_place[slot]);
        Down(_place[slot]);
    }

    /// <summary>
    /// The slots in order from the top, found as they are asked for: the next one is a child of one given before.
    /// The heap must not change meanwhile. O(log k) for the k-th.
    /// </summary>
    public IEnumerable<int> FromTop()
    {
        var reached = new PriorityQueue<int, int>(Comparer<int>.Create((a, b) => before(a, b) ? -1 : before(b, a) ? 1 : 0));
        if (Count > 0)
            reached.Enqueue(0, Top);
        while (reached.TryDequeue(out var place, out var slot))
        {
            yield return slot;
            var first = (place * Arity) + 1;
            for (var child = first; child < Math.Min(first + Arity, Count); child++)
                reached.Enqueue(child, _heap[child]);
        }
    }

    private void Up(int place)
    {
        var slot = _heap[place];
        while (place > 0)
        {
            var parent = (place - 1) / Arity;
            if (!before(slot, _heap[parent]))
                break;
            Put(place, _heap[parent]);
            place = parent;
        }

        Put(place, slot);
    }

    private void Down(int place)
    {
        var slot = _heap[place];
        while (true)
        {
            var first = (place * Arity) + 1;
            if (first >= Count)
                break;
            var best = first;
            var end = Math.Min(first + Arity, Count);
            for (var child = first + 1; child < end; child++)
            {
                if (before(_heap[child], _heap[best]))
                    best = child;
            }

            if (!before(_heap[best], slot))
                break;
            Put(place, _heap[best]);
            place = best;
        }

        Put(place, slot);
    }

    private void Put(int place, int slot)
    {
        _heap[place] = slot;
        _place[slot] = place;
    }
}
