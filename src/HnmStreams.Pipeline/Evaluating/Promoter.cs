using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Calibration;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>Decides after an evaluation whether the version that was judged becomes the latest, and whether mining is to be eased off.</summary>
/// <remarks>One owner. Scores the best so far once more: examples that are held out come and go.</remarks>
/// <param name="describe">The learner's card of a version as it stands, without what is added here.</param>
internal sealed class Promoter(
    IMiningTask task,
    ModelRegistry registry,
    OverfittingGuard easing,
    PublishingOptions options,
    TimeProvider time,
    Func<ModelSnapshot, IReadOnlyDictionary<string, double>, ModelCard> describe)
{
    private (long At, long Version)? _last;

    /// <summary>Whether it is time for the next decision: sooner at the beginning, when each version is worth much more than the one before.</summary>
    public bool IsDue(long version) => IsYoung(version) || time.GetElapsedTime(_last!.Value.At) >= options.PromoteEvery;

    /// <summary>The same by versions alone, whatever the clock says.</summary>
    public bool IsDueByCount(long version) => IsYoung(version) || version - _last!.Value.Version >= options.PromoteEveryVersions;

    /// <param name="outputs">Of the candidate, row after row of the held-out <paramref name="rows"/>.</param>
    /// <param name="score">The same of other weights.</param>
    public void Consider(ModelSnapshot candidate, RowBuffer rows, float[] outputs, Func<ModelSnapshot, float[]> score)
    {
        _last = (time.GetTimestamp(), candidate.Version);
        using var best = registry.TakeBest();
        if (best?.Card.Version == candidate.Version)
            return;
        var paired = new PairedEvaluation(task, rows);
        var metrics = paired.Metrics(outputs);
        var value = metrics.GetValueOrDefault(task.PrimaryMetric, double.NaN);
        var ahead = best is null || !double.IsFinite(value) ? null : paired.Compare(outputs, score(best.Snapshot));
        var (verdict, reason) = PromotionRule.Decide(task.PrimaryMetric, value, best?.Card.Version, ahead);
        var stays = verdict == PromotionVerdict.Level && options.Prefer == PublishingOptions.Best;
        var promoted = verdict is PromotionVerdict.Best or PromotionVerdict.Level && !stays;
        if (stays)
            reason += ", and the best stays the latest";
        var decision = new PromotionDecision(candidate.Version, time.GetUtcNow(), task.PrimaryMetric, value, ahead, promoted, reason);
        registry.Note(decision, candidate, describe(candidate, metrics) with { Calibration = Calibrate(rows, outputs), Promotion = reason }, verdict);
        easing.Take(decision, verdict);
    }

    private bool IsYoung(long version) => _last is not { } last || version >= 2 * last.Version;

    private OutputCalibration? Calibrate(RowBuffer rows, float[] outputs) => task switch
    {
        LabeledTask { HasPositives: true } => OutputCalibration.FitBinary(outputs, [.. rows.Labels.ToArray().Select(label => label == 1)], rows.Weights),
        LabeledTask => OutputCalibration.FitMulticlass(outputs, task.OutputWidth, rows.Labels, rows.Weights),
        _ => null,
    };
}
