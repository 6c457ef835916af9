namespace HnmStreams.Pipeline.Flow.Promotion;

/// <summary>The rank of a version against the best version before it.</summary>
internal enum PromotionVerdict
{
    /// <summary>The versions cannot be compared: the promoted version stays.</summary>
    Unknown,

    /// <summary>Too few examples are held out to tell versions apart: the newest version is promoted.</summary>
    TooFewToCompare,

    /// <summary>The best version so far. It is promoted.</summary>
    Best,

    /// <summary>Below the best version, with no significant difference.</summary>
    WithinNoise,

    /// <summary>Significantly worse than the best version: the best version is promoted again.</summary>
    WorseThanBest,
}
