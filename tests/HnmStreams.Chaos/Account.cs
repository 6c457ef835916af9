namespace HnmStreams.Chaos;

/// <summary>The comparison of the examples in the final state with the examples in the topic.</summary>
/// <param name="InTopic">The number of examples in the topic.</param>
/// <param name="Accounted">The number of examples in the state.</param>
/// <param name="Lost">The number of examples in the topic that are missing in the state.</param>
/// <param name="Repeated">The number of examples that the state counted more than once.</param>
/// <param name="Foreign">The number of examples in the state that are not in the topic.</param>
internal sealed record Account(int InTopic, int Accounted, int Lost, int Repeated, int Foreign)
{
    public bool IsExact => Lost == 0 && Repeated == 0 && Foreign == 0;

    /// <summary>Adds the counts of two topics.</summary>
    public static Account operator +(Account a, Account b) =>
        new(a.InTopic + b.InTopic, a.Accounted + b.Accounted, a.Lost + b.Lost, a.Repeated + b.Repeated, a.Foreign + b.Foreign);

    /// <summary>Compares topic and state.</summary>
    /// <param name="topic">The keys of all examples in the topic.</param>
    /// <param name="state">The key and count of each example in the state.</param>
    public static Account Of(IReadOnlySet<string> topic, IReadOnlyDictionary<string, int> state) => new(
        topic.Count,
        state.Count,
        topic.Count(key => !state.ContainsKey(key)),
        state.Count(entry => entry.Value > 1),
        state.Keys.Count(key => !topic.Contains(key)));

    /// <summary>Parses the lines of <c>hnm inspect --account</c>.</summary>
    public static IReadOnlyDictionary<string, int> Parse(IEnumerable<string> lines) => lines
        .Select(line => line.Split(','))
        .ToDictionary(fields => fields[0], fields => int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
}
