using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Pipeline;
using HnmStreams.Web.DeadLetters;
using HnmStreams.Web.Recovery;

namespace HnmStreams.Web.Monitoring;

/// <summary>The constant properties of a run.</summary>
/// <param name="PrimaryMetric">Name of the task's primary metric; larger is better.</param>
/// <param name="Feed">Description of the built-in producer's data; null if none exists.</param>
/// <param name="DetectsLabelErrors">True if label-noise detection is on, or a teacher checks candidates.</param>
/// <param name="BaselinesEnabled">True if baselines are trained beside the learner.</param>
internal sealed record RunDescription(string Task, string PrimaryMetric, string Bootstrap, bool Embedded, string Topic, string? Feed, bool DetectsLabelErrors = false, bool BaselinesEnabled = false)
{
    /// <summary>The known changes of the stream; null if there are none.</summary>
    public StreamChanges? Changes { get; init; }

    /// <summary>The name of the positive label; null if the task has none.</summary>
    public string? Positive { get; init; }
}

/// <summary>The state of a run at one moment.</summary>
/// <param name="Description">Null until the stream is connected.</param>
/// <param name="ExamplesPerSecond">Throughput over the last seconds.</param>
/// <param name="Learner">Null until the learner has started.</param>
/// <param name="WaitsFor">The reason why the learner has not started, or why records wait to be decoded; null if the run does not wait.</param>
internal sealed record RunSnapshot(
    RunPhase Phase,
    RunDescription? Description,
    TimeSpan Elapsed,
    double ExamplesPerSecond,
    PipelineStatus? Learner,
    ConsumerStatus? Consumer,
    string? WaitsFor = null,
    bool Paused = false)
{
    /// <summary>The wall-clock time of the snapshot.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The reasons for which records were rejected, the most frequent first.</summary>
    public IReadOnlyList<RejectionReason> Rejections { get; init; } = [];

    /// <summary>The recoveries from the known changes of the stream, oldest first.</summary>
    public IReadOnlyList<ChangeRecovery> Recoveries { get; init; } = [];
}
