namespace HnmStreams.Pipeline.Budget;

/// <summary>The rule for the number of consumed examples per training step. Pure; O(1).</summary>
/// <remarks>
/// Scoring finds better negatives, training uses them. Each gets about half of the seconds: a row of a small network costs far less to score in large
/// batches than to train on, and a row of a convolutional network about a quarter. Few candidates per trained row leave little choice, and the gain of
/// more than <see cref="MaxCandidates"/> is small.
/// </remarks>
internal static class StepBalance
{
    /// <summary>The smallest number of scored examples per trained row.</summary>
    public const double MinCandidates = 4;

    /// <summary>The largest number of scored examples per trained row: one step per 512 examples at 32 rows.</summary>
    public const double MaxCandidates = 16;

    /// <summary>The number of steps and of scored examples from which on the costs are known well enough.</summary>
    public const int MinSteps = 32;

    /// <inheritdoc cref="MinSteps"/>
    public const int MinScored = 4_096;

    /// <summary>Returns the number of examples per step.</summary>
    /// <param name="batchSize">Rows per step.</param>
    /// <param name="scoringSeconds">Seconds per scored example, above 0.</param>
    /// <param name="trainingSeconds">Seconds per trained row, above 0.</param>
    /// <param name="scoredShare">The share of the examples that is scored, above 0.</param>
    public static double ExamplesPerStep(int batchSize, double scoringSeconds, double trainingSeconds, double scoredShare) =>
        Math.Round(batchSize * Math.Clamp(trainingSeconds / scoringSeconds, MinCandidates, MaxCandidates) / Math.Max(scoredShare, MinCandidates / MaxCandidates));
}
