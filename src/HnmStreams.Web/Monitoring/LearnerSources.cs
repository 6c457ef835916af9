using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Tasks;
using HnmStreams.Web.DeadLetters;

namespace HnmStreams.Web.Monitoring;

/// <summary>The parts of a running learner that the API, the page and the terminal read and operate.</summary>
/// <param name="Status">Returns the learner's status. Cheap; callable from any thread.</param>
/// <param name="Consumer">Returns the consumer's status. Cheap; callable from any thread.</param>
/// <param name="Questions">Queries that the learner answers.</param>
/// <param name="Checkpoint">Saves a checkpoint now.</param>
/// <param name="Gate">Pauses and resumes the intake of records.</param>
/// <param name="Previews">Renders stored rows as images or text.</param>
/// <param name="DeadLetters">The most recent dead letters; null if they are not stored.</param>
internal sealed record LearnerSources(
    Func<PipelineStatus> Status,
    Func<ConsumerStatus> Consumer,
    ILearnerQuestions Questions,
    Func<CancellationToken, Task<CheckpointStatus>> Checkpoint,
    IIntakeGate Gate,
    IRowPreviews Previews,
    RecentDeadLetters? DeadLetters = null)
{
    /// <summary>Returns the reason why records wait to be decoded, for example because a schema registry is unavailable; null if they do not wait.</summary>
    public Func<string?> DecodingWaitsFor { get; init; } = static () => null;

    /// <summary>Sends the label of an example to the topic of labels, as a record with a target and no input; null if labels do not come later.</summary>
    public Func<string, string, CancellationToken, Task>? Answer { get; init; }
}
