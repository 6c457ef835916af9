namespace HnmStreams.Chaos;

/// <summary>What the final state says of itself, held against what the topic holds.</summary>
/// <param name="Lost">Examples of the topic that the state never took in.</param>
/// <param name="Repeated">Examples that it took in more than once.</param>
/// <param name="Foreign">Examples that it took in and that are not in the topic.</param>
internal sealed record Account(int InTopic, int Accounted, int Lost, int Repeated, int Foreign)
{
    public bool IsExact => Lost == 0 && Repeated == 0 && Foreign == 0;

    /// <param name="topic">Keys of all examples in the topic.</param>
    /// <param name="state">Key and count of each example in the state.</param>
    public static Account Of(IReadOnlySet<string> topic, IReadOnlyDictionary<string, int> state) => new(
        topic.Count,
        state.Count,
        topic.Count(key => !state.ContainsKey(key)),
        state.Count(entry => entry.Value > 1),
        state.Keys.Count(key => !topic.Contains(key)));

    /// <summary>Reads the lines of <c>hnm inspect --account</c>.</summary>
    public static IReadOnlyDictionary<string, int> Parse(IEnumerable<string> lines) => lines
        .Select(line => line.Split(','))
        .ToDictionary(fields => fields[0], fields => int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
}
