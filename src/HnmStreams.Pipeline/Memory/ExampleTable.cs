using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory;

/// <summary>
/// Pool, reservoirs and fresh positives share examples; a saved state holds each once, and refers to it by its place in
/// this table.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class ExampleTable : IStateCodec<StoredExample>
{
    private readonly Dictionary<StoredExample, int> _places = new(ReferenceEqualityComparer.Instance);

    public ExampleTable()
    {
    }

    /// <param name="saved">The examples of a checkpoint, in their order.</param>
    public ExampleTable(IReadOnlyList<StoredExample> saved) => Examples = [.. saved];

    /// <summary>All that were referred to, in their order.</summary>
    public List<StoredExample> Examples { get; } = [];

    public void Write(StateWriter writer, StoredExample value)
    {
        if (!_places.TryGetValue(value, out var place))
        {
            _places.Add(value, place = Examples.Count);
            Examples.Add(value);
        }

        writer.WriteInt32(place);
    }

    /// <summary>Whoever reads it holds it.</summary>
    public StoredExample Read(StateReader reader)
    {
        var place = reader.ReadInt32();
        if ((uint)place >= (uint)Examples.Count)
            throw reader.Invalid($"example {place} of {Examples.Count}");
        Examples[place].Holders++;
        return Examples[place];
    }
}
