namespace HnmStreams.Pipeline.Memory.Waiting.Joining;

/// <summary>
/// The rule by which inputs and labels of one id are joined, as a pure function: state and event give the new state and what follows. Each
/// example is learned once at its newest label, and again with each change.
/// </summary>
/// <remarks>
/// The newest label is the one with the latest own time; of two with the same time, the one that arrived later. A presumed label is
/// older than any other. O(1).
/// </remarks>
/// <param name="timeout">The ticks that an input or a label waits.</param>
/// <param name="corrections">The ticks that a learned example stays after its last change.</param>
/// <param name="presumesNegative">True if an input without a label in time is learned as a negative.</param>
/// <param name="negativeClass">The class of a presumed negative.</param>
internal sealed class JoinRule(long timeout, long corrections, bool presumesNegative, int negativeClass)
{
    public JoinDecision Decide(in WaitingRecord record, in JoinEvent e) => e.Kind switch
    {
        JoinEventKind.Input => DecideInput(record, e),
        JoinEventKind.Label => DecideLabel(record, e),
        JoinEventKind.Example => DecideExample(record, e),
        JoinEventKind.Tombstone => new JoinDecision(default, record.State == WaitingState.Absent ? JoinAction.RemovedUnknown : JoinAction.Removed),
        JoinEventKind.Timeout when record.State == WaitingState.Input && presumesNegative => Learned(
            record, e.Now, WaitingState.Presumed, record.Input, new LabelMark(negativeClass, 1, long.MinValue, e.Now), JoinAction.Presumed),
        _ => Leave(record),
    };

    private JoinDecision DecideInput(in WaitingRecord record, in JoinEvent e) => record.State switch
    {
        WaitingState.Label => Learned(record, e.Now, WaitingState.Joined, e.Input, record.Label, JoinAction.Joined),
        WaitingState.Absent => Wait(e, JoinAction.InputWaits),
        _ when record.Input.Hash == e.Input.Hash => new JoinDecision(record, JoinAction.InputRepeated),
        WaitingState.Input => Wait(e, JoinAction.InputReplaced),
        _ => Learned(record, e.Now, record.State, e.Input, record.Label, JoinAction.Corrected),
    };

    private JoinDecision DecideLabel(in WaitingRecord record, in JoinEvent e) => record.State switch
    {
        WaitingState.Absent => new JoinDecision(new WaitingRecord(WaitingState.Label, Add(e.Now, timeout), default, e.Label), JoinAction.LabelWaits),
        WaitingState.Input => Learned(record, e.Now, WaitingState.Joined, record.Input, e.Label, JoinAction.Joined),
        _ when e.Label.Time < record.Label.Time => new JoinDecision(record, JoinAction.LabelStale),
        WaitingState.Presumed => Learned(
            record, e.Now, WaitingState.Joined, record.Input, e.Label, e.Label.SameValue(record.Label) ? JoinAction.Confirmed : JoinAction.Corrected),
        // The later time is kept, so that a label between the two is stale.
        _ when e.Label.SameValue(record.Label) => new JoinDecision(record with { Label = record.Label with { Time = e.Label.Time } }, JoinAction.LabelRepeated),
        WaitingState.Label => new JoinDecision(record with { Deadline = Add(e.Now, timeout), Label = e.Label }, JoinAction.LabelWaits),
        _ => Learned(record, e.Now, WaitingState.Joined, record.Input, e.Label, JoinAction.Corrected),
    };

    private JoinDecision DecideExample(in WaitingRecord record, in JoinEvent e)
    {
        if (record.State is WaitingState.Absent or WaitingState.Input)
            return Learned(record, e.Now, WaitingState.Joined, e.Input, e.Label, JoinAction.Joined);
        var isStale = e.Label.Time < record.Label.Time;
        var label = isStale ? record.Label : e.Label;
        if (record.State == WaitingState.Label)
            return Learned(record, e.Now, WaitingState.Joined, e.Input, label, JoinAction.Joined);
        if (record.Input.Hash != e.Input.Hash)
            return Learned(record, e.Now, isStale ? record.State : WaitingState.Joined, e.Input, label, JoinAction.Corrected);
        var decision = DecideLabel(record, e);
        return decision.Action == JoinAction.LabelRepeated ? decision with { Action = JoinAction.InputRepeated } : decision;
    }

    private static JoinDecision Leave(in WaitingRecord record) => new(default, record.State switch
    {
        WaitingState.Input => JoinAction.Dropped,
        WaitingState.Label => JoinAction.LabelDropped,
        _ => JoinAction.Released,
    });

    private JoinDecision Wait(in JoinEvent e, JoinAction action) =>
        new(new WaitingRecord(WaitingState.Input, Add(e.Now, timeout), e.Input, default), action);

    private JoinDecision Learned(in WaitingRecord record, long now, WaitingState state, in InputMark input, in LabelMark label, JoinAction action) =>
        new(record with { State = state, Deadline = Add(now, corrections), Input = input, Label = label }, action);

    private static long Add(long now, long ticks) => now > long.MaxValue - ticks ? long.MaxValue : now + ticks;
}
