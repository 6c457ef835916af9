namespace HnmStreams.Pipeline.Memory.Waiting.Joining;

/// <summary>The state of an id in the store.</summary>
internal enum WaitingState : byte
{
    /// <summary>The id is not in the store.</summary>
    Absent,

    /// <summary>The input waits for its label.</summary>
    Input,

    /// <summary>The label waits for its input.</summary>
    Label,

    /// <summary>Input and label have come.</summary>
    Joined,

    /// <summary>The label has not come in time and was presumed to be negative.</summary>
    Presumed,
}

/// <summary>The state of one id in the store, without the content of the input.</summary>
/// <param name="Deadline">The time at which the state ends, in ticks (UTC).</param>
/// <param name="Input">The newest input; default without one.</param>
/// <param name="Label">The newest label; default without one.</param>
internal readonly record struct WaitingRecord(WaitingState State, long Deadline, InputMark Input, LabelMark Label)
{
    public bool HasInput => State is WaitingState.Input or WaitingState.Joined or WaitingState.Presumed;

    public bool HasLabel => State is WaitingState.Label or WaitingState.Joined or WaitingState.Presumed;
}

/// <summary>An input, by reference.</summary>
/// <param name="Sequence">The key of the content, from 1. Rises with every input.</param>
/// <param name="Hash">The XxHash3 of payload and weight. Two inputs of one id with the same hash are one input that was sent twice.</param>
/// <param name="Bytes">The number of bytes of the content.</param>
/// <param name="Arrival">The time of arrival in ticks (UTC).</param>
internal readonly record struct InputMark(long Sequence, ulong Hash, int Bytes, long Arrival);

/// <summary>A label.</summary>
/// <param name="Class">The class, as in a row.</param>
/// <param name="Weight">A factor on the weight of the input.</param>
/// <param name="Time">The label's own time in ticks (UTC), which orders the labels of an id.</param>
/// <param name="Arrival">The time of arrival in ticks (UTC).</param>
internal readonly record struct LabelMark(int Class, float Weight, long Time, long Arrival)
{
    /// <summary>Returns true if both say the same about the example.</summary>
    public bool SameValue(in LabelMark other) => Class == other.Class && Weight.Equals(other.Weight);
}
