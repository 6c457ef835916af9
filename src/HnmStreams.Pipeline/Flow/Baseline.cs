namespace HnmStreams.Pipeline.Flow;

/// <summary>The learners that mining is held against; the same positives, negatives drawn at random.</summary>
internal enum Baseline
{
    /// <summary>As many steps as the mined learner.</summary>
    Random,

    /// <summary>As much compute: the seconds of scoring are steps.</summary>
    RandomEqualCompute,
}
