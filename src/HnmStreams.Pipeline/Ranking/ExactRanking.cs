using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// Exact: batch b is ranked, all steps that are owed are drawn and sent as one round, and the next batch is asked for
/// only when the round of b - overlap is done and its feedback is taken in. So everything is a function of b.
/// </summary>
/// <param name="overlap">Rounds by which feedback is late: 0 waits for the batch's own.</param>
/// <param name="pending">Rounds of a checkpoint whose feedback is still to be taken in.</param>
internal sealed class ExactRanking(RankingStage stage, RankingParts parts, int overlap, IReadOnlyList<TrainedRound> pending) : RankingLogic(stage, parts)
{
    // Baselines change nothing that is waited for here; they are only kept from falling far behind.
    private const int BaselineRoundsBehind = 4;

    private readonly Queue<TrainedRound> _done = new(pending);
    private LearnersRound? _drawn;
    private (long Number, IReadOnlyList<StreamPosition> Positions)? _ranked;
    private long _sent = parts.Ranker.Cutter.Cuts - 1;
    private long _back = parts.Ranker.Cutter.Cuts - 1;

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
        _back = round.Number;
        Settle();
    }

    protected override void OnBaselineDone() => Settle();

    protected override void OnStreamEnded() => Settle();

    private void Send()
    {
        if (Trainer is null || _drawn is not { } round)
            return;
        _drawn = null;
        _sent = round.Mined.Number;
        Send(round);
    }

    private void Settle()
    {
        if (_ranked is { } ranked && HasFeedbackOf(ranked.Number - overlap) && Controls.AreDoneWith(_sent - BaselineRoundsBehind))
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

        // What is still late at the end stays so: whoever goes on from here takes it in where this run would have.
        if (StreamEnded && _ranked is null && _drawn is null && Trainer is not null && _back >= _sent && !IsClosed(Stage.Out))
        {
            PublishStatus();
            EndLearners();
            Complete(Stage.Out);
        }
    }

    // Rounds before the first of this learner never were.
    private bool HasFeedbackOf(long number) => number < 0 || number <= _back;
}
