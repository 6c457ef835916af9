using Akka.Actor;
using Akka.Event;
using Akka.Hosting.Logging;

namespace HnmStreams.Host.Cluster;

/// <summary>The log of the actor system, without what Akka.Remote logs for each failed attempt to connect: <see cref="ConnectionFailures"/> reports these.</summary>
/// <remarks>A filter by category or level does not tell them from other warnings, and Akka.Hosting's logger does not evaluate Akka's log filters.</remarks>
internal sealed class ActorSystemLog : LoggerFactoryLogger
{
    // EndpointManager.cs of Akka.Remote 1.5 and SeedNodeProcess.cs of Akka.Cluster 1.5. A further line of each attempt is off by akka.remote.log-remote-lifecycle-events.
    private static readonly string[] FailedAttempts = ["Tried to associate with unreachable remote address", "Couldn't join seed nodes after"];

    protected override void Log(LogEvent log, ActorPath path)
    {
        if (!IsFailedAttempt(log))
            base.Log(log, path);
    }

    private static bool IsFailedAttempt(LogEvent log) =>
        log.Message is LogMessage { Format: var format } && FailedAttempts.Any(start => format.StartsWith(start, StringComparison.Ordinal));
}
