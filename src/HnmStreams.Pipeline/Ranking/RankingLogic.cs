using Akka.Actor;
using Akka.Streams.Stage;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>What both modes have in common: the state, the port, questions and captures.</summary>
internal abstract class RankingLogic : GraphStageLogic
{
    private readonly RankingParts _parts;
    private readonly Queue<CheckpointRequest> _due = new();
    private IActorRef? _introduced;

    protected RankingLogic(RankingStage stage, RankingParts parts)
        : base(stage.Shape)
    {
        (Stage, _parts) = (stage, parts);
        SetHandler(stage.In, OnPush, OnUpstreamFinish);
        SetHandler(stage.Out, onPull: () =>
        {
            if (!StreamEnded)
                Pull(stage.In);
        });
    }

    protected RankingStage Stage { get; }

    protected Ranker Ranker => _parts.Ranker;

    /// <summary>Null until the trainer has introduced itself by its first <see cref="RankingMessage.Draw"/>, and the baselines themselves.</summary>
    protected IActorRef? Trainer { get; private set; }

    protected BaselineRounds Controls => _parts.Controls;

    protected bool StreamEnded { get; private set; }

    /// <summary>Whether the state is that between two batches.</summary>
    protected abstract bool IsBetweenBatches { get; }

    public override void PreStart()
    {
        // Questions are answered until the pipeline is disposed, also when the stream has ended.
        SetKeepGoing(true);
        _parts.Port.Open(GetAsyncCallback<RankingMessage>(Handle));
    }

    public override void PostStop() => Ranker.Dispose();

    /// <summary>A batch lies in the inlet.</summary>
    protected abstract void OnPush();

    /// <summary>The trainer waits for work.</summary>
    protected abstract void OnTrainerReady();

    protected abstract void OnStreamEnded();

    protected virtual void OnRoundDone(TrainedRound round) => throw new InvalidOperationException("Only exact mode ends rounds.");

    /// <summary>Takes the batch in the inlet into the state.</summary>
    /// <returns>The number of the batch, and the positions behind it.</returns>
    protected (long Number, IReadOnlyList<StreamPosition> Positions) TakeIn()
    {
        using var batch = Grab(Stage.In);
        using var span = PipelineInstruments.StartStage("hnm.rank", batch.Trace);
        Ranker.TakeIn(batch);
        return (batch.Number, PublishStatus());
    }

    protected IReadOnlyList<StreamPosition> PublishStatus()
    {
        var status = Ranker.Status();
        _parts.PublishStatus(status);
        return status.Positions;
    }

    /// <summary>Sends the captures that are due down the forward channel, behind all rounds sent before.</summary>
    protected void ServeCheckpoints()
    {
        while (IsBetweenBatches && Trainer is not null && _due.TryDequeue(out var request))
        {
            var start = _parts.Time.GetTimestamp();
            request.Add(Ranker.Capture(pin => _parts.Port.Tell(new RankingMessage.Release(pin))));
            PipelineInstruments.CheckpointStall.Record(_parts.Time.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("owner", "ranking"));
            var marker = new CheckpointMarker(request);
            Trainer.Tell(marker);
            Controls.Tell(marker);
        }
    }

    /// <summary>Hands a round to the learners that it is for.</summary>
    protected void Send(LearnersRound round)
    {
        Trainer!.Tell(round.Mined, ActorRefs.NoSender);
        Controls.Send(round);
    }

    /// <summary>Tells the learners that nothing more will come.</summary>
    protected void EndLearners()
    {
        Trainer!.Tell(EndOfStream.Instance, ActorRefs.NoSender);
        Controls.Tell(EndOfStream.Instance);
    }

    /// <summary>A baseline has come further.</summary>
    protected virtual void OnBaselineDone()
    {
    }

    private void Introduce()
    {
        if (_introduced is null || !Controls.AreThere)
            return;
        (Trainer, _introduced) = (_introduced, null);
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
            case RankingMessage.Draw draw:
                _introduced = draw.Trainer;
                Introduce();
                break;
            case RankingMessage.BaselineReady ready:
                Controls.Ready(ready.Which, ready.Learner);
                Introduce();
                break;
            case RankingMessage.BaselineDone done:
                Controls.Done(done.Which, done.Number, done.Steps);
                OnBaselineDone();
                break;
            case RankingMessage.DrawExtraSteps further:
                further.Learner.Tell(new ExtraSteps(StreamEnded ? [] : Ranker.Rounds.DrawExtraSteps(further.Steps)), ActorRefs.NoSender);
                break;
            case RankingMessage.Feedback feedback:
                Ranker.TakeFeedback(feedback.Step);
                break;
            case RankingMessage.RoundDone done:
                OnRoundDone(done.Round);
                break;
            case RankingMessage.Checkpoint checkpoint:
                _due.Enqueue(checkpoint.Request);
                ServeCheckpoints();
                break;
            case RankingMessage.Release release:
                Ranker.Release(release.Pin);
                break;
            case RankingMessage.Question question:
                question.Ask(Ranker);
                break;
            case RankingMessage.GetHeldOut outlook:
                outlook.Answer.TrySetResult(HeldOutSnapshot.Of(Ranker));
                break;
            case RankingMessage.Stop:
                CompleteStage();
                break;
        }
    }
}

/// <summary>What a ranking logic works on.</summary>
internal sealed record RankingParts(Ranker Ranker, RankingPort Port, Action<RankingStatus> PublishStatus, BaselineRounds Controls, TimeProvider Time);
