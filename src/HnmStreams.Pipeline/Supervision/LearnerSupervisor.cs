using Akka.Actor;
using Akka.Routing;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>
/// Parent of all that computes. A scorer or the evaluator that fails is restarted with a fresh replica; the trainer is
/// not: the learner is one unit of failure, and its end is told to the pipeline, which tears the graph down.
/// </summary>
internal sealed class LearnerSupervisor : ReceiveActor
{
    private readonly Action<Exception> _learnerFailed;
    private IActorRef? _trainer;

    public LearnerSupervisor(int scorers, Props scorer, Props trainer, Props evaluator, Action<Exception> learnerFailed)
    {
        _learnerFailed = learnerFailed;
        var strategy = new OneForOneStrategy(_ => Directive.Restart);
        var crew = new Crew(
            Context.ActorOf(
                scorer.WithDispatcher(PinnedThreads.Dispatcher)
                    .WithRouter(new SmallestMailboxPool(scorers).WithSupervisorStrategy(strategy)),
                "scorers"),
            _trainer = Context.ActorOf(trainer.WithDispatcher(PinnedThreads.Dispatcher), "trainer"),
            Context.ActorOf(evaluator.WithDispatcher(PinnedThreads.Dispatcher), "evaluator"));
        Receive<GetCrew>(_ => Sender.Tell(crew));
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(Decide);

    private Directive Decide(Exception error)
    {
        if (!Sender.Equals(_trainer))
            return Directive.Restart;
        _learnerFailed(error);
        return Directive.Stop;
    }

    internal sealed record GetCrew;

    /// <summary>Who works for this learner.</summary>
    internal sealed record Crew(IActorRef Scorers, IActorRef Trainer, IActorRef Evaluator);
}
