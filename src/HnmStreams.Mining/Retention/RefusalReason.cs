namespace HnmStreams.Mining.Retention;

/// <summary>The reason why a filtered pool refuses a candidate.</summary>
public enum RefusalReason
{
    /// <summary>The candidate would be accepted.</summary>
    None,

    /// <summary>Its hardness is not finite.</summary>
    NotFinite,

    /// <summary>Its payload is larger than the whole pool.</summary>
    TooLarge,

    /// <summary>The pool is full, and the candidate is not harder than the easiest one.</summary>
    BelowThreshold,

    /// <summary>Its group has its share of the pool, and the candidate is not harder than the easiest one of the group.</summary>
    GroupIsFull,

    /// <summary>Its hardness is outside the band.</summary>
    OutsideBand,

    /// <summary>It is in the quarantine.</summary>
    Quarantined,

    /// <summary>It is confirmed to be a label error.</summary>
    ConfirmedLabelError,
}
