namespace HnmStreams.Evaluation.Windows;

/// <summary>The content of a window in storage order: restored into a window of the same capacity, it is identical.</summary>
/// <typeparam name="TValue">Type of the scores or predictions.</typeparam>
/// <typeparam name="TTruth">Type of the labels.</typeparam>
/// <param name="Values">Scores or predictions.</param>
/// <param name="Truths">Labels.</param>
/// <param name="Weights">Weights.</param>
/// <param name="Next">Index of the next example to write, which is the oldest one if the window is full.</param>
public sealed record WindowContent<TValue, TTruth>(TValue[] Values, TTruth[] Truths, float[] Weights, int Next)
{
    /// <summary>True if the content is consistent.</summary>
    public bool IsConsistent => Truths.Length == Values.Length && Weights.Length == Values.Length && Next >= 0 && (Next < Values.Length || Next == Values.Length);

    internal WindowContent<TValue, TTruth> Checked() =>
        IsConsistent ? this : throw new InvalidDataException($"The content of the window is inconsistent: {Values.Length} values, {Truths.Length} labels and {Weights.Length} weights, next index {Next}.");

    /// <summary>Returns the indices from the oldest to the newest example.</summary>
    internal IEnumerable<int> OldestFirst() => Enumerable.Range(0, Values.Length).Select(i => (Next + i) % Values.Length);
}
