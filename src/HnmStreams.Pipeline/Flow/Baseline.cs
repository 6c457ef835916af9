namespace HnmStreams.Pipeline.Flow;

/// <summary>The baselines that the mined learner is compared with. They have the same positives; their negatives are drawn at random.</summary>
internal enum Baseline
{
    /// <summary>The baseline that takes the same number of steps as the mined learner.</summary>
    Random,

    /// <summary>The baseline with the same compute: it takes extra steps for the seconds that scoring takes.</summary>
    RandomEqualCompute,
}
