using HnmStreams.Data.Examples;
using HnmStreams.Mining.Composition;
using HnmStreams.Torch;

namespace HnmStreams.Tasks;

/// <summary>
/// The contract between a task and the pipeline, beyond tensors: which examples are positives and which are
/// candidates, how a batch is composed, and how a model is judged. Implementations hold no mutable state and are
/// thread-safe.
/// </summary>
public interface IMiningTask : ILearningTask, IRowPreviews
{
    /// <summary>True if one class is rare and stands against the rest; false if every example is a candidate.</summary>
    bool HasPositives { get; }

    /// <summary>True if <see cref="ILearningTask.Collate"/> returns the same columns for every row, so that inputs can be compared; false for hashed features.</summary>
    bool HasDenseInputs => true;

    /// <summary>True if the outcomes of examples are evaluated by their payloads or by comparing examples with each other, so that a learner needs the payload of each.</summary>
    bool EvaluatesPayloads => false;

    /// <summary>The name of the metric of <see cref="IOutcomeMetrics.Compute"/> that summarizes a model; larger is better.</summary>
    string PrimaryMetric { get; }

    /// <param name="label">The label that <c>Encode</c> wrote.</param>
    ExampleRole RoleOf(int label);

    /// <summary>True if an example with this target belongs to none of the task's classes: it is evaluated, never trained on or mined.</summary>
    bool IsUnknown(Target target) => false;

    /// <summary>The model that checks candidates before they enter the pool; null if none does.</summary>
    ITeacher? Teacher => null;

    /// <summary>The teacher that is distilled into the model, with the settings of the loss; null if none is.</summary>
    string? DistilledFrom => null;

    /// <summary>Plans the composition of a batch. Pure.</summary>
    MixPlan Compose(MixOptions options, MixSupply supply, bool miningAllowed);

    /// <summary>Problems in the examples so far that are not errors, each named once, with the remedy. Empty if there are none.</summary>
    IReadOnlyCollection<TaskWarning> Warnings => [];

    /// <param name="capacity">The number of recent outcomes in the window, 1 or more.</param>
    IOutcomeMetrics CreateMetrics(int capacity);
}

/// <summary>The role of an example in mining.</summary>
public enum ExampleRole
{
    /// <summary>An example of the rare class: kept in its own reservoir, never ranked.</summary>
    Positive,

    /// <summary>A candidate for the pool.</summary>
    Negative,

    /// <summary>An example that belongs to no class: evaluated, never trained on or mined.</summary>
    Unknown,
}
