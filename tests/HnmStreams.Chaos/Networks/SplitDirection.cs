namespace HnmStreams.Chaos.Networks;

/// <summary>The direction in which a split of the network drops packets.</summary>
internal enum SplitDirection
{
    Both,

    /// <summary>Packets of the first machine are dropped; those of the second arrive.</summary>
    FromFirst,

    /// <summary>Packets of the second machine are dropped; those of the first arrive.</summary>
    FromSecond,
}
