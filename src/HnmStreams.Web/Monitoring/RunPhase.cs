namespace HnmStreams.Web.Monitoring;

/// <summary>The phase of a run.</summary>
internal enum RunPhase
{
    Starting,

    /// <summary>Another process holds the lease. This process waits for it.</summary>
    Standby,
    Learning,

    /// <summary>Accepts no more records and completes those in flight.</summary>
    Draining,
    Stopped,
    Failed,
}
