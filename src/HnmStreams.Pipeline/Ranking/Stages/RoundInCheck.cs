using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Scoring;

namespace HnmStreams.Pipeline.Ranking.Stages;

/// <summary>The round whose mined pairs a cross-encoder checks before it is sent to the learners, at most one.</summary>
/// <param name="check">Null without a cross-encoder.</param>
/// <remarks>Owned by the ranking stage.</remarks>
internal sealed class RoundInCheck(PairCheck? check, RankingPort port)
{
    private LearnersRound? _round;

    public bool IsBusy => _round is not null;

    /// <summary>Begins the check of a round, which ends with <see cref="RankingMessage.PairsChecked"/>.</summary>
    /// <returns>False if the round has no pairs to check, so that it can be sent.</returns>
    public bool TryBegin(LearnersRound round)
    {
        if (check is null || round.Mined.Batches.All(static batch => batch.Pairs is null))
            return false;
        _round = round;
        _ = check.CheckAsync(round.Mined).ContinueWith(
            done => port.Tell(new RankingMessage.PairsChecked(done.Exception?.GetBaseException())),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
        return true;
    }

    /// <summary>Returns the round, whose pairs have their answers.</summary>
    /// <exception cref="InvalidOperationException">The check has failed.</exception>
    public LearnersRound End(Exception? failure)
    {
        if (failure is not null)
            throw new InvalidOperationException($"The teacher could not check the pairs of a training batch: {failure.Message}", failure);
        var round = _round!;
        _round = null;
        return round;
    }
}
