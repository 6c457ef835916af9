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

    /// <summary>Composes the counterpart of a mined batch for a challenger with other shares. All rows that both mixes ask for are the same.</summary>
    /// <param name="hardShare">The share of hard examples among the negatives, 0 to 1, before the reductions of the mining budget.</param>
    /// <param name="positiveShare">The share of positives, 0 to 1.</param>
    /// <param name="step">The number of the step, for the cool-down. No use is counted.</param>
    /// <param name="draws">The challengers' own generator, so that they do not shift the draws of the mined learner.</param>
    TrainingBatch ComposeVariant(TrainingBatch mined, double hardShare, double positiveShare, long step, bool miningAllowed, Xoshiro256StarStar draws);

    /// <summary>Composes a batch without mining, for steps beyond those of the mined learner.</summary>
    TrainingBatch ComposeExtra(Xoshiro256StarStar draws);
}
