using Akka.Actor;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking.Stages;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Training;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>
/// The owner of one baseline, on its own thread and on a compute lane. The ranking stage sends its batches beside the
/// trainer's. Only exact mode waits for it.
/// </summary>
internal sealed class BaselineActor : ReceiveActor
{
    // As short as a turn of the trainer.
    private const int MaxExtraSteps = 8;

    private readonly Baseline _which;
    private readonly BaselineSteps _steps;
    private readonly RankingPort _ranking;
    private readonly ComputeLanes _lanes;
    private readonly ScoringTimeCounter _scoring;
    private readonly NativeCallTracker _nativeCalls;
    private readonly int _worker;
    private readonly bool _asksForExtraSteps;
    private bool _asked;
    private bool _ended;
    private IActorRef? _finishSender;

    /// <param name="learner">Created on the caller's thread, and used and disposed by this actor only.</param>
    /// <param name="asksForExtraSteps">True if this actor asks for the extra steps that scoring pays for. In exact mode they are part of the rounds.</param>
    public BaselineActor(
        Baseline which,
        Learner learner,
        BaselineStatus from,
        RankingPort ranking,
        ComputeLanes lanes,
        ScoringTimeCounter scoring,
        NativeCallTracker nativeCalls,
        TimeProvider time,
        bool asksForExtraSteps)
    {
        (_which, _steps, _ranking, _lanes, _scoring) = (which, new BaselineSteps(learner, from, time), ranking, lanes, scoring);
        (_nativeCalls, _worker, _asksForExtraSteps) = (nativeCalls, nativeCalls.Rent(), asksForExtraSteps);
        Receive<TrainingRound>(Train);
        Receive<ExtraSteps>(TrainExtra);
        Receive<CheckpointMarker>(marker => marker.Request.Add(new BaselineCapture(_which, _steps.Learner.Capture(), _steps.Status, _scoring.Seconds)));
        Receive<GetSnapshot>(_ => Sender.Tell(new BaselineSnapshot(_which, _steps.Learner.Current(), _steps.Status)));
        Receive<EndOfStream>(_ =>
        {
            _ended = true;
            AnswerFinish();
        });
        Receive<Finish>(_ =>
        {
            _finishSender = Sender;
            AnswerFinish();
        });
    }

    protected override void PreStart() => _ranking.Tell(new RankingMessage.BaselineReady(_which, Self));

    protected override void PostStop() => _steps.Dispose();

    private void Train(TrainingRound round)
    {
        TrainingTurn.Run(round.Batches, _lanes, _nativeCalls.Plan, Step);
        _ranking.Tell(new RankingMessage.BaselineDone(_which, round.Number, round.Batches.Count));
        AskForExtraSteps();
    }

    private void TrainExtra(ExtraSteps extra)
    {
        _asked = false;
        TrainingTurn.Run(extra.Batches, _lanes, _nativeCalls.Plan, Step);
        if (extra.Batches.Count > 0)
            AskForExtraSteps();
    }

    private void Step(TrainingBatch batch)
    {
        using var call = _nativeCalls.Begin(_worker, NativeWork.Training, batch.Origins);
        _steps.Step(batch);
    }

    /// <summary>Asks for the number of steps that the unspent seconds of scoring pay for.</summary>
    private void AskForExtraSteps()
    {
        if (!_asksForExtraSteps || _asked || _ended || _steps.PaidFor(_scoring.Seconds) is not (> 0 and var steps))
            return;
        _asked = true;
        _ranking.Tell(new RankingMessage.DrawExtraSteps(Self, Math.Min(steps, MaxExtraSteps)));
    }

    private void AnswerFinish()
    {
        if (_ended)
            _finishSender?.Tell(new Finished(_steps.Learner.Version));
    }
}
