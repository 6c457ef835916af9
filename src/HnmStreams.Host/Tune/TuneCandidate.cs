namespace HnmStreams.Host.Tune;

/// <summary>Settings that differ from those of the file.</summary>
/// <param name="Changes">The changed settings by key.</param>
internal sealed record TuneCandidate(IReadOnlyDictionary<string, string> Changes)
{
    /// <summary>The settings of the file.</summary>
    public static TuneCandidate Unchanged { get; } = new(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase));

    /// <summary>The changes as <c>KEY=VALUE</c>, by key.</summary>
    public IReadOnlyList<string> Settings => [.. Changes.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={c.Value}")];

    /// <summary>Returns these settings with one more change.</summary>
    public TuneCandidate With(TuneSetting setting)
    {
        var changes = new Dictionary<string, string>(Changes, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in setting.Assignments)
            changes[key] = value;
        return new(changes);
    }
}
