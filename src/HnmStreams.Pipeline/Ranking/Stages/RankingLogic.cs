using Akka.Actor;
using Akka.Streams.Stage;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Ranking.Stages;

/// <summary>The common part of both modes: the state, the port, questions and captures.</summary>
internal abstract class RankingLogic : TimerGraphStageLogic
{
    private const int ComparedRows = 32;

    // The requests for labels are due by the clock, and the stream may pause. Examples that wait to be scored again do so too.
    private static readonly TimeSpan RequestInterval = TimeSpan.FromSeconds(1);

    private readonly RankingParts _parts;
    private readonly RoundInCheck _inCheck;
    private readonly Queue<CheckpointRequest> _dueCheckpoints = new();
    private IActorRef? _waitingTrainer;

    protected RankingLogic(RankingStage stage, RankingParts parts)
        : base(stage.Shape)
    {
        (Stage, _parts, _inCheck) = (stage, parts, new RoundInCheck(parts.Pairs, parts.Port));
        SetHandler(stage.In, OnPush, OnUpstreamFinish);
        SetHandler(stage.Out, onPull: () =>
        {
            if (!StreamEnded)
                Pull(stage.In);
        });
    }

    protected RankingStage Stage { get; }

    protected Ranker Ranker => _parts.Ranker;

    /// <summary>The trainer; null until its first <see cref="RankingMessage.TrainerReady"/> has arrived and all baselines are ready.</summary>
    protected IActorRef? Trainer { get; private set; }

    protected BaselineRounds Baselines => _parts.Baselines;

    protected bool StreamEnded { get; private set; }

    private ChallengerRounds Challengers { get; } = new();

    /// <summary>True while a cross-encoder checks the pairs of a round that is not sent yet.</summary>
    protected bool IsChecking => _inCheck.IsBusy;

    /// <summary>True if no batch is half taken in and no round is in the check.</summary>
    protected abstract bool IsBetweenBatches { get; }

    public override void PreStart()
    {
        // The stage answers questions until the pipeline is disposed, even after the stream has ended.
        SetKeepGoing(true);
        _parts.Port.Open(GetAsyncCallback<RankingMessage>(Handle));
        if (Ranker.Status().Labels is not null)
            ScheduleRepeatedly(nameof(OnTimer), RequestInterval);
    }

    public override void PostStop()
    {
        Ranker.Dispose();
        _parts.Port.Close();
    }

    /// <summary>Makes the requests for labels that are due.</summary>
    protected sealed override void OnTimer(object timerKey)
    {
        Ranker.IssueRequests();
        Compare(minRows: 1);
        Rescore(minRows: 1);
        PublishStatus();
    }

    /// <summary>Called when a batch is in the inlet.</summary>
    protected abstract void OnPush();

    /// <summary>Called when the trainer is idle.</summary>
    protected abstract void OnTrainerReady();

    /// <summary>Called when the last batch was taken in.</summary>
    protected abstract void OnStreamEnded();

    protected virtual void OnRoundDone(TrainedRound round) => throw new InvalidOperationException("Rounds are reported in exact mode only.");

    /// <summary>Takes the batch in the inlet into the state.</summary>
    /// <returns>The number of the batch, and the positions after it.</returns>
    protected (long Number, IReadOnlyList<StreamPosition> Positions) TakeIn()
    {
        using var batch = Grab(Stage.In);
        Ranker.TakeIn(batch);
        Rescore(Ranker.RescoredRows);
        Compare(ComparedRows);
        return (batch.Number, PublishStatus());
    }

    protected IReadOnlyList<StreamPosition> PublishStatus()
    {
        var status = Ranker.Status();
        _parts.PublishStatus(status);
        _parts.PublishBounds?.Invoke(Ranker.Bounds());
        return status.Positions;
    }

    /// <summary>Adds the state to the checkpoint requests that are due, and sends them down the forward channel behind all rounds sent before.</summary>
    protected void ServeCheckpoints()
    {
        while (IsBetweenBatches && Trainer is not null && _dueCheckpoints.TryDequeue(out var request))
        {
            var start = _parts.Time.GetTimestamp();
            request.Add(Ranker.Capture(pin => _parts.Port.Tell(new RankingMessage.Release(pin))));
            if (Ranker.CaptureLabels() is { } labels)
                request.Add(labels);
            PipelineInstruments.CheckpointStall.Record(_parts.Time.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("owner", "ranking"));
            var marker = new CheckpointMarker(request);
            Trainer.Tell(marker);
            Baselines.Tell(marker);
        }
    }

    /// <summary>Called when a round that was in the check is sent.</summary>
    protected abstract void OnCheckedRoundSent();

    /// <summary>Sends a round to the learners, after a check of its pairs if there is a cross-encoder.</summary>
    protected void Send(LearnersRound round)
    {
        if (!_inCheck.TryBegin(round))
            Deliver(round);
    }

    private void TakeVerdicts(Exception? failure)
    {
        Deliver(Ranker.TakeVerdicts(_inCheck.End(failure)));
        OnCheckedRoundSent();
    }

    private void Deliver(LearnersRound round)
    {
        Challengers.Send(round.Mined, Ranker.Rounds.DrawVariant);
        Trainer!.Tell(round.Mined, ActorRefs.NoSender);
        Baselines.Send(round);
    }

    /// <summary>Tells the learners that no more rounds follow.</summary>
    protected void EndLearners()
    {
        Trainer!.Tell(EndOfStream.Instance, ActorRefs.NoSender);
        Baselines.Tell(EndOfStream.Instance);
    }

    /// <summary>Called when a baseline has done a round.</summary>
    protected virtual void OnBaselineDone()
    {
    }

    private void Rescore(int minRows)
    {
        if (_parts.Rescoring is { } scoring && Ranker.NextToRescore(Ranker.RescoredRows, scoring.IsSpare(), minRows) is { } batch)
            ScoreBeside(scoring, batch, static scored => new RankingMessage.Rescored(scored));
    }

    private void Compare(int minRows)
    {
        if (_parts.Rescoring is { } scoring && Ranker.NextToCompare(minRows) is { } batch)
            ScoreBeside(scoring, batch, static scored => new RankingMessage.Compared(scored));
    }

    // One batch of each kind at a time beside those of the stream. A batch that could not be scored comes back without scores.
    private void ScoreBeside(RescoringPort scoring, ExampleBatch batch, Func<ExampleBatch, RankingMessage> answer) =>
        _ = scoring.ScoreAsync(batch).ContinueWith(
            scored => _parts.Port.Tell(answer(scored.IsCompletedSuccessfully ? scored.Result : batch)),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);

    private void Compare(RankingMessage.CompareChallengers due)
    {
        var rows = new RowBuffer();
        var (areNew, arrivals) = Ranker.CopyNewHeldOut(rows, due.Since);
        due.Request.Receiver.Tell(new ComparisonRows(due.Request.Comparison, rows, areNew, arrivals, [.. Challengers.Trials]), ActorRefs.NoSender);
        Trainer!.Tell(due.Request, ActorRefs.NoSender);
        Challengers.Tell(due.Request);
    }

    private void Promote(RankingMessage.PromoteChallenger promotion)
    {
        // After the end of the stream the trainer finishes with the weights that it has.
        var done = !StreamEnded && Challengers.TryPromote(promotion.Trial, Trainer!);
        if (done)
        {
            Ranker.Tune(promotion.Settings);
            Challengers.StopAll();
        }

        promotion.Tuner.Tell(new Promotion(promotion.Trial, done), ActorRefs.NoSender);
    }

    private void StartIfAllAreReady()
    {
        if (_waitingTrainer is null || !Baselines.AreReady)
            return;
        (Trainer, _waitingTrainer) = (_waitingTrainer, null);
        OnTrainerReady();
        ServeCheckpoints();
    }

    private void OnUpstreamFinish()
    {
        StreamEnded = true;
        OnStreamEnded();
    }

    private void Handle(RankingMessage message)
    {
        switch (message)
        {
            case RankingMessage.TrainerReady draw:
                _waitingTrainer = draw.Trainer;
                StartIfAllAreReady();
                break;
            case RankingMessage.PairsChecked pairs:
                TakeVerdicts(pairs.Failure);
                break;
            case RankingMessage.BaselineReady ready:
                Baselines.Ready(ready.Which, ready.Learner);
                StartIfAllAreReady();
                break;
            case RankingMessage.BaselineDone done:
                Baselines.Done(done.Which, done.Number, done.Steps);
                OnBaselineDone();
                break;
            case RankingMessage.DrawExtraSteps extra:
                extra.Learner.Tell(new ExtraSteps(StreamEnded ? [] : Ranker.Rounds.DrawExtraSteps(extra.Steps)), ActorRefs.NoSender);
                break;
            case RankingMessage.StartChallenger start when Trainer is not null:
                Challengers.Start(start, Trainer);
                break;
            case RankingMessage.StartChallenger early:
                early.Tuner.Tell(new FellBehind(early.Trial), ActorRefs.NoSender);
                break;
            case RankingMessage.ChallengerDone done:
                Challengers.Done(done.Trial, done.Steps);
                break;
            case RankingMessage.StopChallenger { Trial: { } trial }:
                Challengers.Stop(trial);
                break;
            case RankingMessage.StopChallenger:
                Challengers.StopAll();
                break;
            case RankingMessage.PromoteChallenger promotion:
                Promote(promotion);
                break;
            case RankingMessage.CompareChallengers comparison:
                Compare(comparison);
                break;
            case RankingMessage.Feedback feedback:
                Ranker.TakeFeedback(feedback.Step);
                break;
            case RankingMessage.RoundDone done:
                OnRoundDone(done.Round);
                break;
            case RankingMessage.Checkpoint checkpoint:
                _dueCheckpoints.Enqueue(checkpoint.Request);
                ServeCheckpoints();
                break;
            case RankingMessage.Release release:
                Ranker.Release(release.Pin);
                break;
            case RankingMessage.Question question:
                question.Ask(Ranker);
                break;
            case RankingMessage.GetHeldOut heldOut:
                heldOut.Answer.TrySetResult(HeldOutSnapshot.Of(Ranker));
                break;
            case RankingMessage.Rescored rescored:
                using (rescored.Batch)
                    Ranker.TakeRescored(rescored.Batch);
                Rescore(Ranker.RescoredRows);
                break;
            case RankingMessage.Compared compared:
                using (compared.Batch)
                    Ranker.TakeCompared(compared.Batch);
                break;
            case RankingMessage.Stop:
                CompleteStage();
                break;
        }
    }
}
