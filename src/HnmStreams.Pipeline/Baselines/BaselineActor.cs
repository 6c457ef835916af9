using Akka.Actor;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Training;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>
/// Owns one baseline, on a thread of its own and a lane like everybody. Its batches come from the ranking stage
/// beside the trainer's; nobody waits for it but in exact mode.
/// </summary>
internal sealed class BaselineActor : ReceiveActor
{
    // A turn on a lane is as short as the trainer's.
    private const int StepsPerTurn = 8;

    private readonly Baseline _which;
    private readonly BaselineSteps _steps;
    private readonly RankingPort _ranking;
    private readonly ComputeLanes _lanes;
    private readonly ScoringTimeCounter _scoring;
    private readonly NativeCallTracker _watch;
    private readonly int _worker;
    private readonly bool _asksForMore;
    private bool _asked;
    private bool _ended;
    private IActorRef? _finishAsker;

    /// <param name="learner">Built on the caller's thread; used on this actor's only, which disposes it.</param>
    /// <param name="asksForMore">It asks for further steps itself, as scoring pays for them. In exact mode they come with the rounds.</param>
    public BaselineActor(
        Baseline which,
        Learner learner,
        BaselineStatus from,
        RankingPort ranking,
        ComputeLanes lanes,
        ScoringTimeCounter scoring,
        NativeCallTracker watch,
        TimeProvider time,
        bool asksForMore)
    {
        (_which, _steps, _ranking, _lanes, _scoring) = (which, new BaselineSteps(learner, from, time), ranking, lanes, scoring);
        (_watch, _worker, _asksForMore) = (watch, watch.Rent(), asksForMore);
        Receive<TrainingRound>(Learn);
        Receive<ExtraSteps>(LearnMore);
        Receive<CheckpointMarker>(marker => marker.Request.Add(new BaselineCapture(_which, _steps.Learner.Capture(), _steps.Status, _scoring.Seconds)));
        Receive<GetSnapshot>(_ => Sender.Tell(new BaselineSnapshot(_which, _steps.Learner.Current(), _steps.Status)));
        Receive<EndOfStream>(_ =>
        {
            _ended = true;
            AnswerFinish();
        });
        Receive<Finish>(_ =>
        {
            _finishAsker = Sender;
            AnswerFinish();
        });
    }

    protected override void PreStart() => _ranking.Tell(new RankingMessage.BaselineReady(_which, Self));

    protected override void PostStop() => _steps.Dispose();

    private void Learn(TrainingRound round)
    {
        TrainingTurn.Run(round.Batches, _lanes, _watch.Plan, Step);
        _ranking.Tell(new RankingMessage.BaselineDone(_which, round.Number, round.Batches.Count));
        AskForMore();
    }

    private void LearnMore(ExtraSteps further)
    {
        _asked = false;
        TrainingTurn.Run(further.Batches, _lanes, _watch.Plan, Step);
        if (further.Batches.Count > 0)
            AskForMore();
    }

    private void Step(TrainingBatch batch)
    {
        using var call = _watch.Begin(_worker, NativeWork.Training, batch.Origins);
        _steps.Take(batch);
    }

    /// <summary>Asks for as many steps as the seconds of scoring pay for that are not spent yet; never for one beyond.</summary>
    private void AskForMore()
    {
        if (!_asksForMore || _asked || _ended || _steps.PaidFor(_scoring.Seconds) is not (> 0 and var steps))
            return;
        _asked = true;
        _ranking.Tell(new RankingMessage.DrawExtraSteps(Self, Math.Min(steps, StepsPerTurn)));
    }

    private void AnswerFinish()
    {
        if (_ended)
            _finishAsker?.Tell(new Finished(_steps.Learner.Version));
    }
}
