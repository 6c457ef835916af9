using System.Text.Json.Serialization;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Verdicts;

/// <summary>The conclusion about a run. The page, the terminal and the summary show the same one.</summary>
/// <param name="Sentence">The conclusion in one or two sentences.</param>
/// <param name="NextAction">The recommended next action; null if none exists.</param>
/// <param name="Metric">Display name of the primary metric; null before there is a learner.</param>
/// <param name="Value">The primary metric on held-out examples; null if it is undefined.</param>
/// <param name="BaseRate">The share of positives among held-out examples, which is the average precision of random scores; null for tasks without positives.</param>
/// <param name="ModelVersion">The model version that was evaluated; null before the first evaluation.</param>
/// <param name="AgeInVersions">Versions since then.</param>
/// <param name="AgeInSeconds">Seconds since that version was evaluated; null if unknown.</param>
internal sealed record RunVerdict(
    VerdictKind Kind,
    string Sentence,
    string? NextAction,
    string? Metric,
    double? Value,
    double? BaseRate,
    long? ModelVersion,
    long? AgeInVersions,
    double? AgeInSeconds)
{
    /// <summary>Derives the verdict from a snapshot of the run and its history.</summary>
    /// <param name="history">Points of this run, oldest first.</param>
    public static RunVerdict Of(RunSnapshot snapshot, IReadOnlyList<RunPoint> history) => VerdictRule.Decide(VerdictEvidence.Of(snapshot, history));
}

/// <summary>The kinds of conclusions.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<VerdictKind>))]
internal enum VerdictKind
{
    /// <summary>There is no learner yet.</summary>
    Waiting,

    /// <summary>The run has failed.</summary>
    Failed,

    /// <summary>There is no evaluation because no examples are held out.</summary>
    NothingHeldOut,

    /// <summary>There are too few steps or held-out examples for a conclusion.</summary>
    NotEnoughData,

    /// <summary>After many steps the model is not better than chance.</summary>
    NotLearning,

    /// <summary>The model learns. There are no baselines to compare it with.</summary>
    Learning,

    /// <summary>Mining is significantly better than random negatives, now or on the way to the present level.</summary>
    MiningPays,

    /// <summary>Mining is significantly better than random negatives at equal steps, and significantly worse at equal compute.</summary>
    MiningPaysPerStep,

    /// <summary>There is no significant difference between mining and random negatives.</summary>
    NoDifference,

    /// <summary>Mining is significantly worse than random negatives.</summary>
    MiningHurts,
}
