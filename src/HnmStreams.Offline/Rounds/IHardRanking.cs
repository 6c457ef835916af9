using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Torch.Replicas;

namespace HnmStreams.Offline.Rounds;

/// <summary>A way to rank all negatives of the store under a model.</summary>
internal interface IHardRanking
{
    /// <summary>Ranks all, filters, and writes what is kept of the band.</summary>
    /// <param name="checker">A second model that has to agree, or null.</param>
    /// <param name="done">Told of work done since the last call, in <see cref="Work"/>'s unit; from several threads.</param>
    MiningCounts Mine(ScoringReplica model, ScoringReplica? checker, MinedSetWriter into, SuspectsWriter suspects, Xoshiro256StarStar generator, Action<long> done, CancellationToken cancellation);

    /// <summary>How much there is to do.</summary>
    long Work { get; }

    /// <summary>Rows for one training step on what was mined.</summary>
    /// <param name="mined">Null: on positives and random negatives.</param>
    IRoundBatches Batches(MinedSet? mined, Xoshiro256StarStar generator);
}

/// <summary>What one ranking came to.</summary>
/// <param name="Ranked">Pairs of anchor and negative (examples, where the task does not embed) that were compared.</param>
/// <param name="Suspected">Those that the positive-aware filters set aside.</param>
/// <param name="Refuted">Those that the second model set aside.</param>
/// <param name="Anchors">With at least one negative.</param>
/// <param name="Mined">Negatives kept.</param>
/// <param name="MeanScore">Of what was kept.</param>
/// <param name="PositiveScore">Mean of the positives' scores, or the median of the class's where the task does not embed.</param>
public sealed record MiningCounts(long Ranked, long Suspected, long Refuted, long Anchors, long Mined, double MeanScore, double PositiveScore);

/// <summary>Batches of a round, one after the other.</summary>
internal interface IRoundBatches
{
    /// <summary>Steps in which each mined one comes up once.</summary>
    int StepsForAll { get; }

    /// <summary>Replaces the buffer's content.</summary>
    void Next(RowBuffer rows);
}
