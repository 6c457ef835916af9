using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory;

/// <summary>
/// The table of the examples in a saved state. Pool, reservoirs and new positives share examples; the state has each once
/// and refers to it by its index in this table.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class ExampleTable : IStateCodec<StoredExample>
{
    private readonly Dictionary<StoredExample, int> _indices = new(ReferenceEqualityComparer.Instance);

    public ExampleTable()
    {
    }

    /// <summary>Creates the table of a checkpoint.</summary>
    /// <param name="saved">The examples in their order.</param>
    public ExampleTable(IReadOnlyList<StoredExample> saved) => Examples = [.. saved];

    /// <summary>The examples that were referred to, in their order.</summary>
    public List<StoredExample> Examples { get; } = [];

    public void Write(StateWriter writer, StoredExample value)
    {
        if (!_indices.TryGetValue(value, out var index))
        {
            _indices.Add(value, index = Examples.Count);
            Examples.Add(value);
        }

        writer.WriteInt32(index);
    }

    /// <summary>Reads a reference. The reader becomes one of the holders of the example.</summary>
    public StoredExample Read(StateReader reader)
    {
        var index = reader.ReadInt32();
        if ((uint)index >= (uint)Examples.Count)
            throw reader.Invalid($"example {index} of {Examples.Count}");
        Examples[index].Holders++;
        return Examples[index];
    }
}
