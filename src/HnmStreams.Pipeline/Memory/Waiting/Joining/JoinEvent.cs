namespace HnmStreams.Pipeline.Memory.Waiting.Joining;

/// <summary>The kind of an event of one id.</summary>
internal enum JoinEventKind : byte
{
    /// <summary>An input without a label has arrived.</summary>
    Input,

    /// <summary>A label has arrived.</summary>
    Label,

    /// <summary>An input with its label has arrived in one record.</summary>
    Example,

    /// <summary>The producer has deleted the id.</summary>
    Tombstone,

    /// <summary>The deadline of the record has passed.</summary>
    Timeout,

    /// <summary>The record leaves because the store is full.</summary>
    Eviction,
}

/// <summary>An event of one id.</summary>
/// <param name="Now">The time in ticks (UTC).</param>
internal readonly record struct JoinEvent(JoinEventKind Kind, long Now, InputMark Input, LabelMark Label);

/// <summary>The consequence of an event.</summary>
internal enum JoinAction : byte
{
    /// <summary>The input waits for its label.</summary>
    InputWaits,

    /// <summary>Another input of an id that waits for its label: it replaces the earlier one.</summary>
    InputReplaced,

    /// <summary>The same input again. The first one stays, with its prediction.</summary>
    InputRepeated,

    /// <summary>The label waits for its input, or replaces an older one that waits.</summary>
    LabelWaits,

    /// <summary>The same label again.</summary>
    LabelRepeated,

    /// <summary>A label that is older than the present one.</summary>
    LabelStale,

    /// <summary>The example has its first label: it is to be learned.</summary>
    Joined,

    /// <summary>The label or the input of a learned example has changed: it is to be learned again.</summary>
    Corrected,

    /// <summary>The label of an example that was presumed to be negative is negative.</summary>
    Confirmed,

    /// <summary>No label has come: the example is to be learned as a negative.</summary>
    Presumed,

    /// <summary>An input leaves without a label. It was never learned.</summary>
    Dropped,

    /// <summary>A label leaves without an input.</summary>
    LabelDropped,

    /// <summary>A learned example leaves the store. It stays learned, but later labels of it find no input.</summary>
    Released,

    /// <summary>The producer has deleted an id that is in the store: it is to be forgotten everywhere.</summary>
    Removed,

    /// <summary>The producer has deleted an id that is not in the store.</summary>
    RemovedUnknown,
}

/// <summary>The new state of an id, and what follows from the event.</summary>
internal readonly record struct JoinDecision(WaitingRecord Next, JoinAction Action);
