using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Mixing;

/// <summary>A composer of training batches. The ranking stage calls it and owns the pool and reservoirs that it draws from.</summary>
internal interface IBatchComposer
{
    /// <summary>True if there are examples to train on.</summary>
    bool HasSupply { get; }

    /// <summary>Composes the next batch of the mined learner.</summary>
    /// <param name="step">The number of the step, for use counts and cool-down.</param>
    TrainingBatch Compose(long step, bool miningAllowed);

    /// <summary>Composes a batch of the same size for a baseline without mining: random negatives replace mined ones.</summary>
    /// <param name="draws">The baselines' own generator, so that they do not shift the draws of the mined learner.</param>
    TrainingBatch ComposeRandom(TrainingBatch mined, Xoshiro256StarStar draws);

    /// <summary>Composes a batch without mining, for steps beyond those of the mined learner.</summary>
    TrainingBatch ComposeExtra(Xoshiro256StarStar draws);
}
