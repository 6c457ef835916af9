using HnmStreams.Data.Examples;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Memory;

/// <summary>The ids of the last examples of a window, each once.</summary>
/// <param name="capacity">The maximum number of ids, 1 or more. The oldest is dropped first.</param>
/// <remarks>Owned by the ranking stage: no locks. Every operation takes O(1).</remarks>
internal sealed class RecentIds(int capacity)
{
    private const string Structure = "recent ids";
    private readonly HashSet<ExampleKey> _ids = [];
    private readonly Queue<ExampleKey> _order = new();

    /// <summary>Adds an id.</summary>
    /// <returns>False if the id is in the window already.</returns>
    public bool TryAdd(ExampleKey id)
    {
        if (!_ids.Add(id))
            return false;
        _order.Enqueue(id);
        if (_order.Count > capacity)
            _ids.Remove(_order.Dequeue());
        return true;
    }

    public void Save(StateWriter writer)
    {
        writer.Begin(Structure, 1);
        writer.WriteInt32(_order.Count);
        foreach (var id in _order)
            ExampleKeyCodec.Instance.Write(writer, id);
    }

    /// <summary>Restores the ids of a checkpoint. Only for a new window.</summary>
    /// <exception cref="InvalidDataException">The state is not that of recent ids.</exception>
    public void Restore(StateReader reader)
    {
        reader.Expect(Structure, 1);
        for (var left = reader.ReadCount(16); left > 0; left--)
            TryAdd(ExampleKeyCodec.Instance.Read(reader));
    }
}
