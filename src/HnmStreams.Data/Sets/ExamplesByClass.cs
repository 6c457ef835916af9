using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Sets;

/// <summary>An index of a set in memory: the classes and, per class, the ascending indices of its examples. Immutable.</summary>
public sealed class ExamplesByClass
{
    private readonly Dictionary<string, int[]> _members;

    private ExamplesByClass(Dictionary<string, int[]> members)
    {
        _members = members;
        Names = [.. members.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The names of the classes in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The indices of the examples of a class.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public int[] this[string name] => _members[name];

    /// <summary>Builds the index. O(n).</summary>
    /// <param name="key">The setting that requires classes.</param>
    /// <exception cref="DataOptionException">The targets are boxes or sets of labels.</exception>
    public static ExamplesByClass Of(IReadOnlyList<Example> examples, string key)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.FirstOrDefault(static e => e.Target is Target.Boxes or Target.LabelSet) is { } other)
            throw new DataOptionException(key, "", $"this setting requires one class per example, but the targets of the set are {TargetName.KindOf(other.Target)}; remove it");
        return new ExamplesByClass(Enumerable.Range(0, examples.Count)
            .GroupBy(i => TargetName.Of(examples[i].Target), StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => g.ToArray(), StringComparer.Ordinal));
    }

    /// <summary>Builds an index of the classes and of the labels of the set that are mapped to them. A label with the name of a class stands for the class. O(n).</summary>
    /// <param name="key">The setting that requires classes.</param>
    /// <exception cref="DataOptionException">The targets are boxes or sets of labels.</exception>
    public static ExamplesByClass WithOriginalLabels(IReadOnlyList<Example> examples, string key)
    {
        var members = new Dictionary<string, int[]>(Of(examples, key)._members, StringComparer.Ordinal);
        foreach (var label in Enumerable.Range(0, examples.Count).Where(i => examples[i].OriginalLabel is not null).GroupBy(i => examples[i].OriginalLabel!, StringComparer.Ordinal))
            members.TryAdd(label.Key, [.. label]);
        return new ExamplesByClass(members);
    }

    /// <summary>Checks that the class exists.</summary>
    /// <exception cref="DataOptionException">The class does not exist.</exception>
    public void Check(string key, string name, string? value)
    {
        if (!_members.ContainsKey(name))
            throw new DataOptionException(key, value, $"there is no class '{name}'; {NearestName.Advice(Names, name)}");
    }
}
