namespace HnmStreams.Offline.Rounds;

/// <summary>What one round came to.</summary>
/// <param name="New">Share of what was mined that the round before had not; null for the first.</param>
/// <param name="Before">The task's metrics on what is judged by, when the round was mined; empty where nothing is.</param>
/// <param name="After">Likewise, when it was trained on.</param>
/// <param name="Steps">Training steps applied.</param>
/// <param name="Loss">Mean of the steps' losses; NaN without any.</param>
/// <param name="MiningSeconds">Of the ranking.</param>
/// <param name="TrainingSeconds">Of the steps.</param>
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

/// <summary>How far a round is.</summary>
/// <param name="Stage"><c>warm up</c>, <c>rank</c> or <c>train</c>.</param>
/// <param name="Done">Of <paramref name="Total"/>, in the stage's own unit.</param>
public readonly record struct RoundProgress(int Round, string Stage, long Done, long Total);
