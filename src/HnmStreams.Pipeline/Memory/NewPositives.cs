using System.Diagnostics.CodeAnalysis;
using HnmStreams.Data.Examples;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory;

/// <summary>
/// Positives that arrived and were not trained on yet, in the order of arrival. An id occurs once: a newer record replaces the
/// older one. Beyond the capacity the oldest leaves.
/// </summary>
/// <param name="released">Called for each example that leaves.</param>
/// <remarks>Owned by the ranking stage: no locks. Every operation takes O(1) per example.</remarks>
internal sealed class NewPositives(int capacity, Action<StoredExample> released)
{
    private const string Structure = "new positives";
    private readonly LinkedList<StoredExample> _waiting = new();
    private readonly Dictionary<ExampleKey, LinkedListNode<StoredExample>> _nodes = [];

    public int Count => _waiting.Count;

    public void Add(StoredExample example)
    {
        Remove(example.Source.Key);
        example.Holders++;
        _nodes.Add(example.Source.Key, _waiting.AddLast(example));
        if (_waiting.Count > capacity)
            Release(_waiting.First!);
    }

    public void Save(StateWriter writer, ExampleTable examples)
    {
        writer.Begin(Structure, 1);
        writer.WriteInt32(_waiting.Count);
        foreach (var example in _waiting)
            examples.Write(writer, example);
    }

    /// <summary>Restores the examples of a checkpoint. Only for a new one.</summary>
    /// <exception cref="InvalidDataException">The state is not that of new positives.</exception>
    public void Restore(StateReader reader, ExampleTable examples)
    {
        reader.Expect(Structure, 1);
        for (var left = reader.ReadCount(sizeof(int)); left > 0; left--)
        {
            // Read with a holder, which Add counts too.
            var example = examples.Read(reader);
            example.Holders--;
            Add(example);
        }
    }

    /// <summary>Takes the oldest examples. <paramref name="use"/> must copy the payload, which is released when it returns.</summary>
    public void Take(int count, Action<StoredExample> use)
    {
        for (var i = 0; i < count && _waiting.First is { } first; i++)
        {
            use(first.Value);
            Release(first);
        }
    }

    /// <summary>Looks an example up.</summary>
    public bool TryGet(ExampleKey key, [MaybeNullWhen(false)] out StoredExample example)
    {
        example = _nodes.GetValueOrDefault(key)?.Value;
        return example is not null;
    }

    public void Remove(ExampleKey key)
    {
        if (_nodes.TryGetValue(key, out var node))
            Release(node);
    }

    private void Release(LinkedListNode<StoredExample> node)
    {
        _waiting.Remove(node);
        _nodes.Remove(node.Value.Source.Key);
        released(node.Value);
    }
}
