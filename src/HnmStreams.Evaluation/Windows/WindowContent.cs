namespace HnmStreams.Evaluation.Windows;

/// <summary>A window's content in the order in which it lies there: restored into a window of the same capacity, nothing moves.</summary>
/// <param name="Next">Where the next one goes; the oldest lies there once the window is full.</param>
public sealed record WindowContent<TValue, TTruth>(TValue[] Values, TTruth[] Truths, float[] Weights, int Next)
{
    /// <summary>Whether it could be a window's content.</summary>
    public bool IsSound => Truths.Length == Values.Length && Weights.Length == Values.Length && Next >= 0 && (Next < Values.Length || Next == Values.Length);

    internal WindowContent<TValue, TTruth> Checked() =>
        IsSound ? this : throw new InvalidDataException($"No window's content: {Values.Length}, {Truths.Length} and {Weights.Length} entries, the next at {Next}.");

    /// <summary>Positions from the oldest to the newest.</summary>
    internal IEnumerable<int> OldestFirst() => Enumerable.Range(0, Values.Length).Select(i => (Next + i) % Values.Length);
}
