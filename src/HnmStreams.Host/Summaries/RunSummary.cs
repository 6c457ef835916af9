using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Tuning;
using HnmStreams.Web.DeadLetters;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Persistence;
using HnmStreams.Web.Recovery;
using HnmStreams.Web.Verdicts;

namespace HnmStreams.Host.Summaries;

/// <summary>The result of a run, which <c>--summary</c> writes. A metric that is not defined is null.</summary>
/// <param name="Outcome">completed, stopped, interrupted or failed.</param>
/// <param name="Seconds">The wall-clock time from the start of the learner until all records were drained.</param>
/// <param name="ExamplesPerSecond">The examples consumed per second of <paramref name="Seconds"/>.</param>
/// <param name="Baselines">Null if there were no baselines.</param>
/// <param name="Uplift">Null if there were no baselines, or the metric is not defined.</param>
/// <param name="MiningBudget">The last decision of the budget controller; null if it was off.</param>
/// <param name="OverfittingGuard">The last reduction of mining; null if there was none.</param>
/// <param name="Model">The folder of the saved model; null if none was saved.</param>
/// <param name="Rejections">The reasons for which records were rejected, the most frequent first, with the id of one record each.</param>
/// <param name="Saved">The saved model: the best version up to significance, which may be older than the newest.</param>
internal sealed record RunSummary(
    string Outcome,
    string Task,
    ulong Seed,
    double Seconds,
    double ExamplesPerSecond,
    RankingStatus Ranking,
    TrainerStatus Training,
    ScoringStatus Scoring,
    RunEvaluation Evaluation,
    RunBaselines? Baselines,
    RunUplift? Uplift,
    BudgetDecision? MiningBudget,
    OverfittingGuardDecision? OverfittingGuard,
    CheckpointStatus Checkpoint,
    string? Model,
    RunSavedModel? Saved,
    IReadOnlyList<RejectionReason> Rejections)
{
    /// <summary>The challengers and the decisions about them; null if tuning was off.</summary>
    public TuningStatus? Tuning { get; init; }

    /// <summary>The number of examples per step as it follows from the measured costs; null if it is as set.</summary>
    public StepBalanceDecision? StepBalance { get; init; }

    /// <summary>The recoveries from the known changes of the stream, oldest first; empty if there are none.</summary>
    public IReadOnlyList<ChangeRecovery> Recoveries { get; init; } = [];

    /// <summary>The recoveries taken together; null if no change counts.</summary>
    public RecoverySummary? Recovery { get; init; }

    /// <summary>The conclusion about the run, as on the page; null if none exists. The last entry of the summary.</summary>
    public RunVerdict? Verdict { get; init; }

    public static RunSummary Of(string outcome, string task, ulong seed, PipelineStatus status, EvaluationReport evaluation, TimeSpan total, SavedModel? model, IReadOnlyList<RejectionReason>? rejections = null) => new(
        outcome,
        task,
        seed,
        total.TotalSeconds,
        total > TimeSpan.Zero ? status.Ranking.Stream.Consumed / total.TotalSeconds : 0,
        status.Ranking,
        status.Training,
        status.Scoring,
        RunEvaluation.Of(evaluation),
        RunBaselines.Of(status.Baselines),
        RunUplift.Of(status.Baselines),
        status.MiningBudget,
        status.OverfittingGuard,
        status.Checkpoint,
        model?.Folder,
        RunSavedModel.Of(model?.Card),
        rejections ?? [])
    {
        Tuning = status.Tuning,
        StepBalance = status.StepBalance,
    };

    /// <summary>Writes the summary atomically.</summary>
    public void Write(string path) => AtomicFile.Replace(path, JsonSerializer.Serialize(this, SummaryJson.Default.RunSummary) + "\n");
}

/// <summary>The saved model of a run.</summary>
/// <param name="HeldOut">The held-out metrics at the time of its evaluation.</param>
/// <param name="Why">The reason for its promotion; null if versions are not gated.</param>
internal sealed record RunSavedModel(long Version, IReadOnlyDictionary<string, double> HeldOut, string? Why)
{
    public static RunSavedModel? Of(ModelCard? card) => card is null ? null : new(card.Version, card.HeldOut, card.Promotion);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class SummaryJson : JsonSerializerContext;
