namespace HnmStreams.Web.Monitoring;

/// <summary>Where a run is in its life.</summary>
internal enum RunPhase
{
    Starting,

    /// <summary>Another process has the learner's place; this one waits for it.</summary>
    Standby,
    Learning,

    /// <summary>Takes no more records and finishes what it has.</summary>
    Draining,
    Stopped,
    Failed,
}
