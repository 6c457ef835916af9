namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>The relation of an offset that was read to the expected one.</summary>
internal enum OffsetJump
{
    /// <summary>The offset is the expected one.</summary>
    None,

    /// <summary>A few offsets are missing, as after compaction and transaction markers.</summary>
    Small,

    /// <summary>More than <see cref="PositionCheck.MaxSilentGap"/> offsets are missing: records were probably deleted before they were read.</summary>
    Large,

    /// <summary>The offset is below the expected one: the topic was re-created or truncated.</summary>
    Backward,
}

/// <summary>The rule by which a jump of offsets is judged. Pure.</summary>
internal static class PositionCheck
{
    /// <summary>The number of missing offsets above which a jump is logged.</summary>
    public const long MaxSilentGap = 1_000;

    public static OffsetJump Classify(long expected, long found) => (found - expected) switch
    {
        0 => OffsetJump.None,
        < 0 => OffsetJump.Backward,
        <= MaxSilentGap => OffsetJump.Small,
        _ => OffsetJump.Large,
    };
}
