using Akka.Actor;
using Akka.Configuration;
using Akka.Routing;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>The dispatcher that gives each computing actor its own thread, which torch's per-thread settings require.</summary>
internal static class PinnedDispatcher
{
    public const string Id = "hnm.pinned-dispatcher";

    /// <summary>The configuration that an actor system needs for this dispatcher.</summary>
    public static Config Config { get; } = ConfigurationFactory.ParseString($"{Id} {{ type = PinnedDispatcher }}");

    /// <summary>Returns the properties of a pool of <paramref name="count"/> such actors: the one with the fewest messages gets the next, and one that fails is restarted.</summary>
    public static Props InPinnedPool(this Props actor, int count) =>
        actor.WithDispatcher(Id).WithRouter(new SmallestMailboxPool(count).WithSupervisorStrategy(new OneForOneStrategy(static _ => Directive.Restart)));
}
