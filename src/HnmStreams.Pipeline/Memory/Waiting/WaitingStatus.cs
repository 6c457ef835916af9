namespace HnmStreams.Pipeline.Memory.Waiting;

/// <summary>The waiting store: present numbers, and counters since the beginning of the state.</summary>
/// <param name="Count">The number of examples in the store.</param>
/// <param name="Bytes">Their bytes before compression.</param>
/// <param name="WaitingInputs">The number of inputs that wait for their label.</param>
/// <param name="WaitingLabels">The number of labels that wait for their input.</param>
/// <param name="KeptJoined">The number of joined examples that are kept for corrections.</param>
/// <param name="KeptPresumed">The number of presumed negatives that are kept for corrections.</param>
/// <param name="Joined">The number of examples that got their first label.</param>
/// <param name="Corrected">The number of changes of learned examples.</param>
/// <param name="Confirmed">The number of presumed negatives whose label was negative.</param>
/// <param name="Presumed">The number of examples that were presumed to be negative.</param>
/// <param name="PresumedTurned">The number of presumed negatives that got another label later.</param>
/// <param name="Dropped">The number of inputs that left without a label.</param>
/// <param name="LabelsDropped">The number of labels that left without an input.</param>
/// <param name="LabelsRepeated">The number of labels that were sent again.</param>
/// <param name="LabelsStale">The number of labels that were older than the present one.</param>
/// <param name="InputsRepeated">The number of inputs that were sent again.</param>
/// <param name="InputsReplaced">The number of waiting inputs that were replaced by another one.</param>
/// <param name="Removed">The number of examples that the producer deleted.</param>
/// <param name="EvictedInputs">The number of waiting inputs that left because the store was full.</param>
/// <param name="EvictedLabels">The number of waiting labels that left because the store was full.</param>
/// <param name="EvictedLearned">The number of learned examples that left early because the store was full: later corrections of them are lost.</param>
public sealed record WaitingStatus(
    long Count,
    long Bytes,
    long WaitingInputs,
    long WaitingLabels,
    long KeptJoined,
    long KeptPresumed,
    long Joined,
    long Corrected,
    long Confirmed,
    long Presumed,
    long PresumedTurned,
    long Dropped,
    long LabelsDropped,
    long LabelsRepeated,
    long LabelsStale,
    long InputsRepeated,
    long InputsReplaced,
    long Removed,
    long EvictedInputs,
    long EvictedLabels,
    long EvictedLearned)
{
    /// <summary>The share of presumed negatives that turned out to have another label, 0 to 1; null before the first. It rises while labels still come.</summary>
    public double? PresumedTurnedShare => Presumed == 0 ? null : (double)PresumedTurned / Presumed;
}
