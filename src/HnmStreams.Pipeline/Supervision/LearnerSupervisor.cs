using Akka.Actor;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>
/// The parent of all actors that compute. A scorer, evaluator or tuner that fails is restarted with a fresh replica. The trainer and the
/// baselines are not restarted: the learner is one unit of failure, so their failure is reported to the pipeline, which tears
/// the graph down.
/// </summary>
internal sealed class LearnerSupervisor : ReceiveActor
{
    private readonly Action<Exception> _learnerFailed;
    private readonly IActorRef _evaluator;
    private readonly IActorRef _scorers;
    private readonly IActorRef? _tuner;

    /// <param name="baselines">The baseline actors by name; empty if baselines are disabled.</param>
    /// <param name="evaluator">Creates the evaluator's props from the baseline actors.</param>
    /// <param name="tuner">The actor that runs challengers; null without tuning.</param>
    public LearnerSupervisor(
        int scorers,
        Props scorer,
        Props trainer,
        IReadOnlyList<(string Name, Props Props)> baselines,
        Func<IReadOnlyList<IActorRef>, Props> evaluator,
        Action<Exception> learnerFailed,
        Props? tuner = null)
    {
        _learnerFailed = learnerFailed;
        _scorers = Context.ActorOf(scorer.InPinnedPool(scorers), "scorers");
        var learners = baselines.Prepend(("trainer", trainer))
            .Select(l => Context.ActorOf(l.Item2.WithDispatcher(PinnedDispatcher.Id), l.Item1))
            .ToArray();
        _evaluator = Context.ActorOf(evaluator(learners[1..]).WithDispatcher(PinnedDispatcher.Id), "evaluator");
        _tuner = tuner is null ? null : Context.ActorOf(tuner.WithDispatcher(PinnedDispatcher.Id), "tuner");
        var actors = new LearnerActors(_scorers, learners[0], learners[1..], _evaluator);
        Receive<GetActors>(_ => Sender.Tell(actors));
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(Decide);

    private Directive Decide(Exception error)
    {
        if (Sender.Equals(_scorers) || Sender.Equals(_evaluator) || Sender.Equals(_tuner))
            return Directive.Restart;
        _learnerFailed(error);
        return Directive.Stop;
    }

    /// <summary>A request for the child actors. The reply is a <see cref="LearnerActors"/>.</summary>
    internal sealed record GetActors;

    /// <summary>The actors of this learner.</summary>
    internal sealed record LearnerActors(IActorRef Scorers, IActorRef Trainer, IReadOnlyList<IActorRef> Baselines, IActorRef Evaluator);
}
