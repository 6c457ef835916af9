using Akka.Actor;
using Akka.Routing;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>
/// Parent of all that computes. A scorer or the evaluator that fails is restarted with a fresh replica; the trainer is
/// not, nor is a baseline: the learner is one unit of failure, and its end is told to the pipeline, which tears
/// the graph down.
/// </summary>
internal sealed class LearnerSupervisor : ReceiveActor
{
    private readonly Action<Exception> _learnerFailed;
    private readonly IActorRef _evaluator;
    private readonly IActorRef _scorers;

    /// <param name="controls">By name; none where they are off.</param>
    /// <param name="evaluator">Made of the baselines.</param>
    public LearnerSupervisor(
        int scorers,
        Props scorer,
        Props trainer,
        IReadOnlyList<(string Name, Props Props)> controls,
        Func<IReadOnlyList<IActorRef>, Props> evaluator,
        Action<Exception> learnerFailed)
    {
        _learnerFailed = learnerFailed;
        var strategy = new OneForOneStrategy(_ => Directive.Restart);
        _scorers = Context.ActorOf(
            scorer.WithDispatcher(PinnedThreads.Dispatcher).WithRouter(new SmallestMailboxPool(scorers).WithSupervisorStrategy(strategy)),
            "scorers");
        var learners = controls.Prepend(("trainer", trainer))
            .Select(l => Context.ActorOf(l.Item2.WithDispatcher(PinnedThreads.Dispatcher), l.Item1))
            .ToArray();
        _evaluator = Context.ActorOf(evaluator(learners[1..]).WithDispatcher(PinnedThreads.Dispatcher), "evaluator");
        var crew = new Crew(_scorers, learners[0], learners[1..], _evaluator);
        Receive<GetCrew>(_ => Sender.Tell(crew));
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(Decide);

    private Directive Decide(Exception error)
    {
        if (Sender.Equals(_scorers) || Sender.Equals(_evaluator))
            return Directive.Restart;
        _learnerFailed(error);
        return Directive.Stop;
    }

    internal sealed record GetCrew;

    /// <summary>Who works for this learner.</summary>
    internal sealed record Crew(IActorRef Scorers, IActorRef Trainer, IReadOnlyList<IActorRef> Controls, IActorRef Evaluator);
}
