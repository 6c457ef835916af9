using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Mixing;

/// <summary>Draws training batches; called by the ranking stage, which owns what they are drawn from.</summary>
internal interface IBatchComposer
{
    /// <summary>Whether there is anything to train on.</summary>
    bool HasSupply { get; }

    /// <param name="step">Number of the step, for use counts and cool-down.</param>
    TrainingBatch Compose(long step, bool miningAllowed);

    /// <summary>As large a batch for a learner without mining: chance takes the place of what was mined.</summary>
    /// <param name="draws">Of the baselines, so that they shift no draw of the mined one.</param>
    TrainingBatch ComposeRandom(TrainingBatch mined, Xoshiro256StarStar draws);

    /// <summary>A batch without mining, for steps beyond those of the mined learner.</summary>
    TrainingBatch ComposeFurther(Xoshiro256StarStar draws);
}
