namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// Live: a trainer that is slow is never waited for while the stream flows. When the stream has ended, the steps still
/// owed are done first.
/// </summary>
internal sealed class LiveRanking(RankingStage stage, RankingParts parts) : RankingLogic(stage, parts)
{
    private bool _trainerWaits;

    // The stage is one thread, and what it does for a batch it does at once.
    protected override bool IsBetweenBatches => true;

    protected override void OnPush()
    {
        var (_, positions) = TakeIn();
        ServeTrainer();
        Push(Stage.Out, positions);
    }

    // The trainer may be in a step: the stage ends when it comes back and nothing is owed any more.
    protected override void OnStreamEnded() => ServeTrainer();

    protected override void OnTrainerReady()
    {
        _trainerWaits = true;
        ServeTrainer();
    }

    private void ServeTrainer()
    {
        if (!_trainerWaits)
            return;
        if (Ranker.Rounds.TryDrawRound() is { } round)
        {
            _trainerWaits = false;
            Send(round);
        }
        else if (StreamEnded)
        {
            PublishStatus();
            _trainerWaits = false;
            EndLearners();
            Complete(Stage.Out);
        }
    }
}
