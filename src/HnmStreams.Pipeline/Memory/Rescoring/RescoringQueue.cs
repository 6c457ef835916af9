using System.Diagnostics.CodeAnalysis;
using HnmStreams.Data.Examples;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory.Rescoring;

/// <summary>
/// The examples whose score is too old to be ranked by (<c>pipeline.scoring.maxScoreAge</c>), until a scorer with spare capacity has scored
/// them again. The oldest score is first, and of the same version the hardest. An id occurs once. Beyond the capacity, new ones are refused.
/// </summary>
/// <param name="released">Called for each example that leaves.</param>
/// <remarks>Owned by the ranking stage: no locks. O(log n) per example.</remarks>
internal sealed class RescoringQueue(int capacity, Action<StoredExample> released)
{
    private const string Structure = "rescoring queue";
    private readonly PriorityQueue<Entry, (long Version, float Ease)> _order = new();
    private readonly Dictionary<ExampleKey, Entry> _entries = [];

    /// <summary>The number of examples that wait.</summary>
    public int Count => _entries.Count;

    /// <summary>The number of examples that were scored again.</summary>
    public long Rescored { get; private set; }

    /// <summary>The number of candidates of the pool whose score had aged and that were scored again.</summary>
    public long Refreshed { get; set; }

    /// <summary>The number of examples that were refused because others were harder or the queue was full. They stay in the reservoirs.</summary>
    public long Refused { get; private set; }

    /// <summary>Adds an example with its old score, in place of an earlier one of the same id.</summary>
    public void Add(StoredExample example, long version, float hardness)
    {
        // Counted first: the queue may be the only holder.
        example.Holders++;
        Remove(example.Source.Key);
        if (_entries.Count >= capacity)
        {
            Refused++;
            released(example);
            return;
        }

        var entry = new Entry(example, version, hardness);
        _entries.Add(example.Source.Key, entry);
        _order.Enqueue(entry, (version, -hardness));
    }

    /// <summary>Counts examples that are not scored again, because others are harder.</summary>
    public void Refuse(int examples) => Refused += examples;

    /// <summary>Returns the next examples to score, which stay in the queue until <see cref="Remove"/> or <see cref="Finish"/>.</summary>
    public List<StoredExample> Peek(int count)
    {
        var next = new List<(Entry Entry, (long, float) Priority)>();
        while (next.Count < count && _order.TryDequeue(out var entry, out var priority))
        {
            // An entry that was removed since is skipped.
            if (_entries.TryGetValue(entry.Example.Source.Key, out var current) && ReferenceEquals(current, entry))
                next.Add((entry, priority));
        }

        foreach (var (entry, priority) in next)
            _order.Enqueue(entry, priority);
        return next.ConvertAll(n => n.Entry.Example);
    }

    /// <summary>Takes an example that was scored again out of the queue. The caller releases it.</summary>
    /// <returns>False if it was removed or replaced meanwhile.</returns>
    public bool Finish(StoredExample example)
    {
        if (!_entries.TryGetValue(example.Source.Key, out var entry) || !ReferenceEquals(entry.Example, example))
            return false;
        _entries.Remove(example.Source.Key);
        Rescored++;
        return true;
    }

    /// <summary>Looks an example up.</summary>
    public bool TryGet(ExampleKey key, [MaybeNullWhen(false)] out StoredExample example)
    {
        example = _entries.GetValueOrDefault(key)?.Example;
        return example is not null;
    }

    public void Remove(ExampleKey key)
    {
        if (_entries.Remove(key, out var entry))
            released(entry.Example);
    }

    public void Save(StateWriter writer, ExampleTable examples)
    {
        writer.Begin(Structure, 2);
        writer.WriteInt64(Refreshed);
        writer.WriteInt64(Rescored);
        writer.WriteInt64(Refused);
        writer.WriteInt32(_entries.Count);
        foreach (var entry in _entries.Values)
        {
            examples.Write(writer, entry.Example);
            writer.WriteInt64(entry.Version);
            writer.WriteSingle(entry.Hardness);
        }
    }

    /// <summary>Restores the examples of a checkpoint. Only for a new queue.</summary>
    /// <exception cref="InvalidDataException">The state is not that of such a queue.</exception>
    public void Restore(StateReader reader, ExampleTable examples)
    {
        reader.Expect(Structure, 2);
        Refreshed = reader.ReadInt64();
        var (rescored, refused) = (reader.ReadInt64(), reader.ReadInt64());
        for (var left = reader.ReadCount(16); left > 0; left--)
        {
            // Read with a holder, which Add counts too.
            var example = examples.Read(reader);
            example.Holders--;
            Add(example, reader.ReadInt64(), reader.ReadSingle());
        }

        (Rescored, Refused) = (rescored, refused + Refused);
    }

    private sealed record Entry(StoredExample Example, long Version, float Hardness);
}
