using HnmStreams.Mining.Composition;
using HnmStreams.Torch;

namespace HnmStreams.Tasks;

/// <summary>
/// What the pipeline needs to know of an application beyond tensors: which examples are rare and which are candidates,
/// how a batch is made up, and what counts as doing well. Holds no mutable state; safe from any thread.
/// </summary>
public interface IMiningTask : ILearningTask, IRowViews
{
    /// <summary>True where one side is rare and kept (one against the rest); false where every example is a candidate.</summary>
    bool HasPositives { get; }

    /// <summary>Name of the metric of <see cref="IOutcomeMetrics.Compute"/> that a user looks at first; larger is better.</summary>
    string PrimaryMetric { get; }

    /// <param name="label">As <see cref="ILearningTask.Encode"/> wrote it.</param>
    ExampleRole RoleOf(int label);

    /// <summary>Makes up a batch. Pure.</summary>
    MixPlan Compose(MixOptions options, MixSupply supply, bool miningAllowed);

    /// <param name="capacity">How many outcomes are looked back on, 1 or more.</param>
    IOutcomeMetrics CreateMetrics(int capacity);
}

/// <summary>What an example is to the mining.</summary>
public enum ExampleRole
{
    /// <summary>Of the rare class: kept in its own reservoir, never ranked.</summary>
    Positive,

    /// <summary>A candidate for the pool.</summary>
    Negative,
}
