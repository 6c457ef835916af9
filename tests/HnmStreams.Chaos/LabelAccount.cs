namespace HnmStreams.Chaos;

/// <summary>The comparison of the predictions and the final state with a topic whose labels come later.</summary>
/// <param name="Predicted">The number of examples with a prediction.</param>
/// <param name="Joined">The number of examples in the state that were joined with a label.</param>
/// <param name="JoinedTwice">The number of examples that were joined more than once. A correction of a joined example is no further join.</param>
/// <param name="Unjoined">The number of examples with a label that were not joined.</param>
/// <param name="Lost">The number of examples without a prediction.</param>
/// <param name="Repeated">The number of predictions beyond the first of each example. Delivery is at least once, so that any number is correct.</param>
/// <param name="Foreign">The number of joined or predicted examples that are not in the topic, or have no label there.</param>
internal sealed record LabelAccount(int Predicted, int Joined, int JoinedTwice, int Unjoined, int Lost, int Repeated, int Foreign)
{
    public bool IsExact => JoinedTwice == 0 && Unjoined == 0 && Lost == 0 && Foreign == 0;

    /// <summary>Compares topic, predictions and state.</summary>
    /// <param name="predicted">The keys of all predictions.</param>
    /// <param name="repeated">The number of further predictions.</param>
    /// <param name="state">The key of each joined example in the state, and how often it was joined.</param>
    public static LabelAccount Of(LabelTopic topic, IReadOnlySet<string> predicted, int repeated, IReadOnlyDictionary<string, int> state) => new(
        predicted.Count,
        state.Count,
        state.Count(entry => entry.Value > 1),
        topic.Labeled.Count(key => !state.ContainsKey(key)),
        topic.Inputs.Count(key => !predicted.Contains(key)),
        repeated,
        predicted.Count(key => !topic.Inputs.Contains(key)) + state.Keys.Count(key => !topic.Labeled.Contains(key)));
}
