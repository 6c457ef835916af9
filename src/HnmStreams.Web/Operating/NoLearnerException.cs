using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Operating;

/// <summary>There is no learner to query: the run is starting, on standby or over.</summary>
internal sealed class NoLearnerException(RunPhase phase) : InvalidOperationException(Text(phase))
{
    public static string Text(RunPhase phase) => $"There is no learner: the run is {phase.ToString().ToLowerInvariant()}.";
}
