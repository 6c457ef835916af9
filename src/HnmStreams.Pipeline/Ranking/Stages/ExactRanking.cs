using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Ranking.Stages;

/// <summary>
/// The ranking of exact mode. After batch b is ranked, all steps that are owed are drawn and sent as one round. The next batch is
/// pulled only when the round of b - overlap is done and its feedback is taken in. So the state is a function of b.
/// </summary>
/// <param name="overlap">The number of rounds by which feedback is delayed; 0 waits for the round of the same batch.</param>
/// <param name="pending">The rounds of a checkpoint whose feedback is not taken in yet.</param>
internal sealed class ExactRanking(RankingStage stage, RankingParts parts, int overlap, IReadOnlyList<TrainedRound> pending) : RankingLogic(stage, parts)
{
    // The state does not depend on the baselines. They only must not fall far behind.
    private const int MaxBaselineRoundsBehind = 4;

    private readonly Queue<TrainedRound> _done = new(pending);
    private LearnersRound? _drawn;
    private (long Number, IReadOnlyList<StreamPosition> Positions)? _ranked;
    private long _lastSent = parts.Ranker.BatcherState.NextBatch - 1;
    private long _lastDone = parts.Ranker.BatcherState.NextBatch - 1;

    protected override bool IsBetweenBatches => _ranked is null;

    protected override void OnPush()
    {
        _ranked = TakeIn();
        _drawn = Ranker.Rounds.DrawAll(_ranked.Value.Number);
        Send();
        Settle();
    }

    protected override void OnTrainerReady()
    {
        Send();
        Settle();
    }

    protected override void OnRoundDone(TrainedRound round)
    {
        _done.Enqueue(round);
        _lastDone = round.Number;
        Settle();
    }

    protected override void OnBaselineDone() => Settle();

    protected override void OnStreamEnded() => Settle();

    protected override void OnCheckedRoundSent() => Settle();

    private void Send()
    {
        if (Trainer is null || _drawn is not { } round)
            return;
        _drawn = null;
        _lastSent = round.Mined.Number;
        Send(round);
    }

    private void Settle()
    {
        // The round must be sent first. The trainer may start later than the stream, and the next batch would replace its round.
        if (_ranked is { } ranked && _drawn is null && !IsChecking && HasFeedbackOf(ranked.Number - overlap) && Baselines.HaveDone(_lastSent - MaxBaselineRoundsBehind))
        {
            while (_done.TryPeek(out var round) && round.Number <= ranked.Number - overlap)
            {
                foreach (var step in _done.Dequeue().Steps)
                    Ranker.TakeFeedback(step);
            }

            _ranked = null;
            PublishStatus();
            Push(Stage.Out, ranked.Positions);
            ServeCheckpoints();
        }

        // Feedback that is delayed at the end stays so: the run that resumes takes it in at the same batch.
        if (StreamEnded && _ranked is null && _drawn is null && Trainer is not null && _lastDone >= _lastSent && !IsClosed(Stage.Out))
        {
            PublishStatus();
            EndLearners();
            Complete(Stage.Out);
        }
    }

    // There are no rounds before the first of this learner.
    private bool HasFeedbackOf(long number) => number < 0 || number <= _lastDone;
}
