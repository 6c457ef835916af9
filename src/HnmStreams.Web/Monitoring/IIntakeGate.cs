namespace HnmStreams.Web.Monitoring;

/// <summary>A gate between the consumer and the learner, which holds records back on request. Thread-safe.</summary>
internal interface IIntakeGate
{
    /// <summary>True if records are held back.</summary>
    bool IsPaused { get; }

    /// <summary>Holds records back. Has no effect if they are held back already.</summary>
    void Pause();

    /// <summary>Passes records on again. Has no effect if the gate is open.</summary>
    void Resume();
}
