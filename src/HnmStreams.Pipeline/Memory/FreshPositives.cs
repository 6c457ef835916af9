using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory;

/// <summary>Positives that arrived and were not trained on yet, first come first served; beyond its capacity the oldest goes.</summary>
/// <remarks>Owned by the ranking stage. O(1), but <see cref="Remove"/> O(n).</remarks>
internal sealed class FreshPositives(int capacity, Action<StoredExample> released)
{
    private readonly LinkedList<StoredExample> _waiting = new();

    public int Count => _waiting.Count;

    /// <summary>The one that waits longest first.</summary>
    public IEnumerable<StoredExample> Waiting => _waiting;

    public void Add(StoredExample example)
    {
        example.Holders++;
        _waiting.AddLast(example);
        if (_waiting.Count > capacity)
            Release(_waiting.First!);
    }

    /// <summary>Adds one from a checkpoint, which is held already.</summary>
    public void Restore(StoredExample example)
    {
        example.Holders--;
        Add(example);
    }

    /// <summary>The one that waits longest. The caller copies what it needs before it calls <paramref name="use"/>'s end.</summary>
    public void Take(int count, Action<StoredExample> use)
    {
        for (var i = 0; i < count && _waiting.First is { } first; i++)
        {
            use(first.Value);
            Release(first);
        }
    }

    public void Remove(ExampleKey key)
    {
        for (var node = _waiting.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Source.Key == key)
                Release(node);
            node = next;
        }
    }

    private void Release(LinkedListNode<StoredExample> node)
    {
        _waiting.Remove(node);
        released(node.Value);
    }
}
