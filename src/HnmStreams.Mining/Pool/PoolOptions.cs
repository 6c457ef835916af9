using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Pool;

/// <summary>What a pool may hold and for how long.</summary>
public sealed class PoolOptions
{
    /// <summary>Candidates at most.</summary>
    [Range(1, 50_000_000)]
    public int Count { get; set; } = 4_000;

    /// <summary>Bytes at most, payloads and their bookkeeping.</summary>
    [Range(1_024L, long.MaxValue)]
    public long Bytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>A candidate leaves the pool when it has been drawn so often; 0 is unlimited.</summary>
    [Range(0, int.MaxValue)]
    public int MaximumUses { get; set; } = 4;

    /// <summary>A candidate leaves the pool when its score is older than so many model versions, at the latest an eighth later; 0 is never.</summary>
    [Range(0L, long.MaxValue)]
    public long MaximumAge { get; set; } = 200;

    /// <summary>Training steps for which a candidate is not drawn again.</summary>
    [Range(0L, 1_000_000_000_000L)]
    public long CooldownSteps { get; set; } = 8;

    /// <summary>Model versions in which a score loses half its worth beside newer ones; 0: old scores count in full. Hardness below 0 counts as 0 then.</summary>
    [Range(0.0, 1e12)]
    public double HalfLife { get; set; }

    /// <summary>The most of the pool that one class or group may take, so that one cannot fill it; 1: no limit.</summary>
    [Range(0.0, 1.0)]
    public double GroupShare { get; set; } = 1;
}
