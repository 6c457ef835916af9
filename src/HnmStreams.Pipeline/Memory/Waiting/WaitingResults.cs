using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Waiting.Joining;

namespace HnmStreams.Pipeline.Memory.Waiting;

/// <summary>Something that the learner has to do with an example.</summary>
internal enum WaitingResultKind : byte
{
    /// <summary>The example has its first label: learn it.</summary>
    Joined,

    /// <summary>Its label or its input has changed: learn it again in place of the earlier one.</summary>
    Corrected,

    /// <summary>A label that agrees with the presumption: nothing to learn, but an outcome.</summary>
    Confirmed,

    /// <summary>No label in time: learn it as a negative.</summary>
    Presumed,

    /// <summary>An input leaves without a label. It was never learned.</summary>
    Dropped,

    /// <summary>A label leaves without an input.</summary>
    LabelDropped,

    /// <summary>The id was deleted: forget it everywhere.</summary>
    Removed,
}

/// <summary>A result of the waiting store.</summary>
/// <param name="Event">The index of the event in the batch; -1 if time or lack of space caused it.</param>
/// <param name="Source">The identity of the input; only the key without a row.</param>
/// <param name="Row">The row of the example in <see cref="WaitingResults.Rows"/>; -1 without an example to learn or to evaluate.</param>
/// <param name="PreviousLabel">The label with which it was learned before; -1 if it was not.</param>
/// <param name="WasPresumed">True if that label was presumed.</param>
/// <param name="IsEvicted">True if the store was full, and not the time over.</param>
/// <param name="Arrival">The time at which the input arrived.</param>
/// <param name="LabelArrival">The time at which the label arrived. The difference is the delay of the label; negative if the label was first.</param>
internal readonly record struct WaitingResult(
    WaitingResultKind Kind,
    int Event,
    RowSource Source,
    int Row,
    int PreviousLabel,
    bool WasPresumed,
    bool IsEvicted,
    bool IsHeldOut,
    ServedPrediction Served,
    DateTimeOffset Arrival,
    DateTimeOffset LabelArrival)
{
    /// <summary>The time at which the previous label arrived; default without one.</summary>
    public DateTimeOffset PreviousLabelArrival { get; init; }

    /// <summary>True if the label of the example is presumed.</summary>
    public bool IsPresumed { get; init; }

    /// <summary>True if the input has replaced an earlier one of the same id.</summary>
    public bool HasNewInput { get; init; }

    internal int OutputsAt { get; init; }

    internal int OutputsCount { get; init; }
}

/// <summary>The results of a mini-batch, in order, with the examples as rows.</summary>
/// <remarks>One owner, one thread. Reusable after <see cref="Clear"/>. The rows have the product of both weights.</remarks>
internal sealed class WaitingResults : IDisposable
{
    private readonly List<float> _outputs = [];

    public RowBuffer Rows { get; } = new();

    public List<WaitingResult> Items { get; } = [];

    /// <summary>Returns the outputs that were served for an example; empty if none were.</summary>
    public ReadOnlySpan<float> OutputsOf(in WaitingResult result) => CollectionsMarshal.AsSpan(_outputs).Slice(result.OutputsAt, result.OutputsCount);

    public void Clear()
    {
        Rows.Clear();
        Items.Clear();
        _outputs.Clear();
    }

    public void Dispose() => Rows.Dispose();

    /// <summary>Adds a result with its example.</summary>
    internal void Add(in WaitingResult result, in StoredInput input, in LabelMark label)
    {
        var outputs = MemoryMarshal.Cast<byte, float>(input.Outputs);
        var at = _outputs.Count;
        _outputs.AddRange(outputs);
        Rows.Add(input.Payload, label.Class, input.Weight * label.Weight);
        Items.Add(result with
        {
            Source = input.Source,
            Row = Rows.Count - 1,
            IsHeldOut = input.IsHeldOut,
            Served = input.Served,
            OutputsAt = at,
            OutputsCount = outputs.Length,
        });
    }
}
