using HnmStreams.Data.Records;
using HnmStreams.Mining.Composition;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>Where the ranking stage stands; an immutable picture for any thread.</summary>
internal sealed record RankingStatus(
    long Consumed,
    long Scored,
    long HeldOut,
    long DeadLettered,
    long FailedBatches,
    long Forgotten,
    int PoolCount,
    long PoolBytes,
    float PoolThreshold,
    float PoolHardest,
    int Quarantined,
    int PositivesKept,
    int NegativesKept,
    long StepsForgone,
    bool MiningAllowed,
    MixPlan? LastMix,
    long Repeats,
    long PinnedBytes,
    IReadOnlyList<Watermark> Watermarks)
{
    public static RankingStatus Initial { get; } =
        new(0, 0, 0, 0, 0, 0, 0, 0, float.NegativeInfinity, float.NaN, 0, 0, 0, 0, false, null, 0, 0, []);
}

/// <summary>One of the hardest negatives of the pool.</summary>
/// <param name="AgeInVersions">Model versions since it was scored last.</param>
/// <param name="Uses">Training steps it took part in.</param>
public sealed record HardNegative(
    string Id, int Unit, float Hardness, long ModelVersion, long AgeInVersions, int Uses, Origin Origin);
