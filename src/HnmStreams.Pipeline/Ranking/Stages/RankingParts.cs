using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Pipeline.Scoring;

namespace HnmStreams.Pipeline.Ranking.Stages;

/// <summary>The dependencies of a ranking logic.</summary>
/// <param name="Rescoring">Scores examples again; null in exact mode.</param>
/// <param name="PublishBounds">Receives the bounds by which score nodes select payloads; null without such nodes.</param>
/// <param name="Pairs">Checks the mined pairs of a round before it is sent; null without a cross-encoder.</param>
internal sealed record RankingParts(
    Ranker Ranker, RankingPort Port, Action<RankingStatus> PublishStatus, BaselineRounds Baselines, TimeProvider Time, RescoringPort? Rescoring = null, Action<KeepBounds>? PublishBounds = null, PairCheck? Pairs = null);

/// <summary>The scorers, for examples that are scored again.</summary>
/// <param name="ScoreAsync">Scores a batch with the newest version.</param>
/// <param name="IsSpare">Returns true if a scorer has no batch.</param>
internal sealed record RescoringPort(Func<ExampleBatch, Task<ExampleBatch>> ScoreAsync, Func<bool> IsSpare);
