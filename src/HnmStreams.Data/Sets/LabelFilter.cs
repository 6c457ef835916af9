using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Sets;

/// <summary>A filter that selects, maps and drops labels as configured, and that finds configured labels that never occur.</summary>
/// <remarks>Used for one pass over a set, by one thread.</remarks>
internal sealed class LabelFilter(DataOptions options)
{
    private static readonly Target Positive = new Target.Label(LabelSelection.PositiveName);
    private static readonly Target Negative = new Target.Label(LabelSelection.NegativeName);

    private readonly HashSet<string> _positive = new(options.Labels.Positive.Select(LabelText.Canonical), StringComparer.Ordinal);
    private readonly HashSet<string> _negative = new(options.Labels.Negative.Select(LabelText.Canonical), StringComparer.Ordinal);
    private readonly HashSet<string> _ignored = new(options.Labels.Ignored.Select(LabelText.Canonical), StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Target.Identity> _identities = new(StringComparer.Ordinal);

    private bool IsUsed => _positive.Count + _ignored.Count > 0 || options.LabelMeans == LabelMeaning.Identity;

    /// <summary>Returns the example with its mapped target, or null if it is dropped.</summary>
    public Example? Apply(Example example)
    {
        if (!IsUsed)
            return example;
        if (example.Target is Target.Boxes or Target.LabelSet)
            throw new DataOptionException("labels", "", $"labels and labelMeans require one class per example, but the targets of the set are {TargetName.KindOf(example.Target)}; remove them");
        var name = TargetName.Of(example.Target);
        _seen.Add(name);
        if (_ignored.Contains(name))
            return null;
        if (_positive.Count > 0)
        {
            if (_positive.Contains(name))
                return example with { Target = Positive, OriginalLabel = Original(name) };
            return _negative.Count == 0 || _negative.Contains(name) ? example with { Target = Negative, OriginalLabel = Original(name) } : null;
        }

        return options.LabelMeans == LabelMeaning.Identity ? example with { Target = Identity(name) } : example;
    }

    /// <summary>Checks, at the end of the set, that every configured label has occurred.</summary>
    /// <exception cref="DataOptionException">No example has a configured label.</exception>
    public void CheckNames()
    {
        if (!IsUsed)
            return;
        (string Key, string[] Names)[] named = [("labels.positive", options.Labels.Positive), ("labels.negative", options.Labels.Negative), ("labels.ignored", options.Labels.Ignored)];
        foreach (var (key, names) in named)
        {
            if (names.FirstOrDefault(n => !_seen.Contains(LabelText.Canonical(n))) is { } missing)
                throw new DataOptionException(key, missing, $"no example has this label; {NearestName.Advice([.. _seen.Order(StringComparer.Ordinal)], missing)}");
        }
    }

    // One string per label, not one per example.
    private string Original(string name) => _seen.TryGetValue(name, out var seen) ? seen : name;

    private Target.Identity Identity(string name)
    {
        if (!_identities.TryGetValue(name, out var identity))
            _identities.Add(name, identity = new Target.Identity(name));
        return identity;
    }
}
