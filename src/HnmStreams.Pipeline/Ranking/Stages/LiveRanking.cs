namespace HnmStreams.Pipeline.Ranking.Stages;

/// <summary>
/// The ranking of live mode. It does not wait for a slow trainer while the stream flows. When the stream has ended, the steps
/// that are still owed are trained first.
/// </summary>
internal sealed class LiveRanking(RankingStage stage, RankingParts parts) : RankingLogic(stage, parts)
{
    private bool _trainerIsIdle;

    // A batch is taken in within one call. The steps of a round in the check are counted, and the trainer does not have them yet.
    protected override bool IsBetweenBatches => !IsChecking;

    protected override void OnPush()
    {
        var (_, positions) = TakeIn();
        ServeTrainer();
        Push(Stage.Out, positions);
    }

    // The trainer may be in a step. The stage ends when the trainer is ready again and no more steps are owed.
    protected override void OnStreamEnded() => ServeTrainer();

    protected override void OnTrainerReady()
    {
        _trainerIsIdle = true;
        ServeTrainer();
    }

    protected override void OnCheckedRoundSent() => ServeCheckpoints();

    private void ServeTrainer()
    {
        if (!_trainerIsIdle)
            return;
        if (Ranker.Rounds.TryDrawRound() is { } round)
        {
            _trainerIsIdle = false;
            Send(round);
        }
        else if (StreamEnded)
        {
            PublishStatus();
            _trainerIsIdle = false;
            EndLearners();
            Complete(Stage.Out);
        }
    }
}
