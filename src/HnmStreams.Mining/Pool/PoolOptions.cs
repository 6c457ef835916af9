using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Pool;

/// <summary>The bounds of a pool and the lifetime of its candidates.</summary>
public sealed class PoolOptions
{
    /// <summary>Maximum number of candidates.</summary>
    [Range(1, 50_000_000)]
    public int Count { get; set; } = 4_000;

    /// <summary>
    /// Size of the pool as a share of the distinct negatives so far, between <see cref="MinCount"/> and <see cref="Count"/>; 0 for the fixed
    /// size <see cref="Count"/>. A pool that holds much of a small data set draws almost at random.
    /// The service uses it for tasks with one rare class; the others always have the size <see cref="Count"/>.
    /// </summary>
    [Range(0.0, 1.0)]
    public double DistinctShare { get; set; }

    /// <summary>Minimum size of a pool whose size follows the stream; <see cref="Count"/> if that is smaller.</summary>
    [Range(1, 50_000_000)]
    public int MinCount { get; set; } = 200;

    /// <summary>Maximum size in bytes of all payloads and their bookkeeping.</summary>
    [Range(1_024L, long.MaxValue)]
    public long Bytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Number of draws after which a candidate is removed from the pool; 0 for no limit.</summary>
    [Range(0, int.MaxValue)]
    public int MaxUses { get; set; } = 4;

    /// <summary>
    /// Age of a score, in model versions, beyond which a candidate is removed from the pool; 0 for no limit. Removal may lag by an eighth
    /// of this age.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long MaxAge { get; set; } = 200;

    /// <summary>Number of training steps for which a drawn candidate is not drawn again.</summary>
    [Range(0L, 1_000_000_000_000L)]
    public long CooldownSteps { get; set; } = 8;

    /// <summary>
    /// Number of model versions after which a score counts half as much as a new one; 0 for no decay. With decay, a negative hardness
    /// counts as 0.
    /// </summary>
    [Range(0.0, 1e12)]
    public double HalfLife { get; set; }

    /// <summary>Maximum share of the pool that one class or group may take; 1 for no limit.</summary>
    [Range(0.0, 1.0)]
    public double GroupShare { get; set; } = 1;

    /// <summary>Returns the maximum number of candidates after a number of distinct negatives. Pure.</summary>
    public int CountFor(double distinctNegatives) => DistinctShare <= 0
        ? Count
        : (int)Math.Clamp(DistinctShare * distinctNegatives, Math.Min(MinCount, Count), Count);
}
