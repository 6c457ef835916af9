using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Summaries;

/// <summary>What a run came to: the object that <c>--summary</c> writes. A metric that is not defined is null.</summary>
/// <param name="Outcome">completed, stopped, interrupted or failed.</param>
/// <param name="Consumed">Examples taken into the state, held-out ones included.</param>
/// <param name="TrainedRows">Rows in applied training steps.</param>
/// <param name="ExamplesPerSecond">Consumed by the seconds in all.</param>
/// <param name="Baselines">Null where the baselines were off.</param>
/// <param name="Uplift">Null where the baselines were off, or the metric is not defined.</param>
/// <param name="Cost">What the controller let mining cost at last; null where it was off.</param>
/// <param name="Model">Folder of the saved model; null where none was saved.</param>
/// <param name="Saved">What was saved: the best there is, up to the noise, which may be older than <paramref name="ModelVersion"/>.</param>
internal sealed record RunSummary(
    string Outcome,
    string Task,
    ulong Seed,
    long Consumed,
    long Scored,
    long TrainedRows,
    long Steps,
    long RefusedSteps,
    long SkippedSteps,
    long ModelVersion,
    long DeadLettered,
    long FailedBatches,
    long Forgotten,
    long HeldOut,
    double ExamplesPerSecond,
    RunSeconds Seconds,
    RunEvaluation Evaluation,
    RunBaselines? Baselines,
    RunUplift? Uplift,
    BudgetDecision? Cost,
    OverfittingGuardDecision? OverfittingGuard,
    RunPool Pool,
    long Repeats,
    RunCheckpoint Checkpoint,
    IReadOnlyList<RunPosition> Positions,
    string? Model,
    RunSavedModel? Saved)
{
    public static RunSummary Of(string outcome, string task, ulong seed, PipelineStatus status, EvaluationReport evaluation, TimeSpan total, SavedModel? model) => new(
        outcome,
        task,
        seed,
        status.Ranking.Stream.Consumed,
        status.Ranking.Stream.Scored,
        status.Training.TrainedRows,
        status.Training.Steps,
        status.Training.RefusedSteps,
        status.Ranking.SkippedSteps,
        status.Training.ModelVersion,
        status.Ranking.Stream.DeadLettered,
        status.Ranking.Stream.FailedBatches,
        status.Ranking.Stream.Forgotten,
        status.Ranking.Stream.HeldOut,
        total > TimeSpan.Zero ? status.Ranking.Stream.Consumed / total.TotalSeconds : 0,
        new RunSeconds(status.Scoring.Seconds, status.Training.Seconds, total.TotalSeconds),
        RunEvaluation.Of(evaluation),
        RunBaselines.Of(status.Baselines),
        RunUplift.Of(status.Baselines),
        status.MiningBudget,
        status.OverfittingGuard,
        RunPool.Of(status),
        status.Ranking.Stream.Repeats,
        RunCheckpoint.Of(status),
        RunPosition.Of(status),
        model?.Folder,
        RunSavedModel.Of(model?.Card));

    /// <summary>Writes it whole or not at all.</summary>
    public async Task WriteAsync(string path, CancellationToken cancellation)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var partial = full + ".partial";
        await File.WriteAllTextAsync(partial, JsonSerializer.Serialize(this, SummaryJson.Default.RunSummary) + "\n", cancellation);
        File.Move(partial, full, overwrite: true);
    }
}

/// <param name="Scoring">Compute seconds, summed over scorers.</param>
/// <param name="Training">Compute seconds.</param>
/// <param name="Total">By the clock, from the learner's start until all was drained.</param>
internal sealed record RunSeconds(double Scoring, double Training, double Total);

/// <param name="Id">Of the newest, epoch and sequence; null where there is none.</param>
/// <param name="Written">By this process.</param>
internal sealed record RunCheckpoint(string? Id, long Consumed, long Bytes, double Seconds, long Written, long Failures)
{
    public static RunCheckpoint Of(PipelineStatus status) => new(
        status.Checkpoint.Id, status.Checkpoint.Consumed, status.Checkpoint.Bytes, status.Checkpoint.Seconds, status.Checkpoint.Written, status.Checkpoint.Failures);
}

/// <param name="HeldOut">When it was judged.</param>
/// <param name="Why">It is this one; null where versions pass no gate.</param>
internal sealed record RunSavedModel(long Version, IReadOnlyDictionary<string, double> HeldOut, string? Why)
{
    public static RunSavedModel? Of(ModelCard? card) => card is null ? null : new(card.Version, card.HeldOut, card.Promotion);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class SummaryJson : JsonSerializerContext;
