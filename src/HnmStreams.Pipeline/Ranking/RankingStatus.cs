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
    long SkippedSteps,
    bool MiningAllowed,
    MixPlan? LastMix,
    long Repeats,
    long PinnedBytes,
    IReadOnlyList<StreamPosition> Positions,
    IndexStatus? Index = null)
{
    public static RankingStatus Initial { get; } =
        new(0, 0, 0, 0, 0, 0, 0, 0, float.NegativeInfinity, float.NaN, 0, 0, 0, 0, false, null, 0, 0, []);
}

/// <summary>The model's own index of a task with groups.</summary>
/// <param name="Kept">Examples that batches are made of.</param>
/// <param name="Embedded">Those with an embedding.</param>
/// <param name="AgeInVersions">Mean age of the embeddings; NaN where there are none.</param>
public sealed record IndexStatus(int Kept, int Embedded, double AgeInVersions);
