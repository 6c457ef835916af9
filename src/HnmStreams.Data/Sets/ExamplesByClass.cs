using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Sets;

/// <summary>The classes of a set that is held in memory, and the indices of each one's examples, ascending. Immutable.</summary>
public sealed class ExamplesByClass
{
    private readonly Dictionary<string, int[]> _members;

    private ExamplesByClass(Dictionary<string, int[]> members)
    {
        _members = members;
        Names = [.. members.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>In ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <param name="name">One of <see cref="Names"/>.</param>
    public int[] this[string name] => _members[name];

    /// <param name="key">The option that wants classes.</param>
    /// <exception cref="DataOptionException">The targets are boxes.</exception>
    public static ExamplesByClass Of(IReadOnlyList<Example> examples, string key)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Any(static e => e.Target is Target.Boxes))
            throw new DataOptionException(key, "", "the set's targets are boxes, and this is for sets whose target is one class; leave it out");
        return new ExamplesByClass(Enumerable.Range(0, examples.Count)
            .GroupBy(i => TargetName.Of(examples[i].Target), StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => g.ToArray(), StringComparer.Ordinal));
    }

    /// <exception cref="DataOptionException">There is no such class.</exception>
    public void Check(string key, string name, string? value)
    {
        if (!_members.ContainsKey(name))
            throw new DataOptionException(key, value, $"there is no class '{name}'; {NearestName.Advice(Names, name)}");
    }
}
