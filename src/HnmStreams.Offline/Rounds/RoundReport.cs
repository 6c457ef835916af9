using HnmStreams.Offline.Ranking;

namespace HnmStreams.Offline.Rounds;

/// <summary>The result of one round.</summary>
/// <param name="New">The share of the mined negatives that the previous round did not have; null for the first round.</param>
/// <param name="Before">The task's metrics on the test rows before training; empty without test rows.</param>
/// <param name="After">The metrics after training.</param>
/// <param name="Steps">The number of training steps applied.</param>
/// <param name="Loss">The mean loss of the steps; NaN if there were none.</param>
/// <param name="MiningSeconds">The seconds of the ranking.</param>
/// <param name="TrainingSeconds">The seconds of the training steps.</param>
public sealed record RoundReport(
    int Round,
    MiningCounts Counts,
    double? New,
    IReadOnlyDictionary<string, double> Before,
    IReadOnlyDictionary<string, double> After,
    long Steps,
    double Loss,
    double MiningSeconds,
    double TrainingSeconds);

/// <summary>The progress of a round.</summary>
/// <param name="Stage"><c>warm up</c>, <c>rank</c> or <c>train</c>.</param>
/// <param name="Done">The work done out of <paramref name="Total"/>, in the unit of the stage.</param>
public readonly record struct RoundProgress(int Round, string Stage, long Done, long Total);
