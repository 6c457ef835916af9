using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Storage;
using HnmStreams.Torch.Replicas;

namespace HnmStreams.Offline.Ranking;

/// <summary>A ranking of all negatives in the store under a model.</summary>
internal interface INegativeRanking
{
    /// <summary>Ranks and filters all negatives and writes those selected from the band.</summary>
    /// <param name="checker">A second model that must confirm the negatives; null if none exists.</param>
    /// <param name="done">Called with the work done since the last call, in the unit of <see cref="Work"/>, concurrently from several threads.</param>
    MiningCounts Mine(ScoringReplica model, ScoringReplica? checker, MinedSetWriter into, SuspectsWriter suspects, Xoshiro256StarStar generator, Action<long> done, CancellationToken cancellation);

    /// <summary>The total work of one ranking.</summary>
    long Work { get; }

    /// <summary>Returns the training batches of a round.</summary>
    /// <param name="mined">The mined negatives; null for batches of positives and random negatives.</param>
    IRoundBatches Batches(MinedSet? mined, Xoshiro256StarStar generator);
}
