using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Calibration;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>The promotion gate: decides after an evaluation whether the evaluated version is promoted, and reports the verdict to the overfitting guard.</summary>
/// <remarks>One owner. Scores the best version again on each decision, because the set of held-out examples changes.</remarks>
/// <param name="describe">Returns the model card of a version, without the calibration and the promotion reason that are added here.</param>
internal sealed class PromotionGate(
    IMiningTask task,
    ModelRegistry registry,
    OverfittingGuard guard,
    PublishingOptions options,
    TimeProvider time,
    Func<ModelSnapshot, IReadOnlyDictionary<string, double>, ModelCard> describe)
{
    private (long At, long Version)? _last;

    /// <summary>Returns true if the next decision is due. Decisions are more frequent at the beginning, when each version is much better than the one before.</summary>
    public bool IsDue(long version) => IsEarly(version) || time.GetElapsedTime(_last!.Value.At) >= options.PromoteEvery;

    /// <summary>Returns true if the next decision is due by the number of versions, independent of the clock.</summary>
    public bool IsDueByCount(long version) => IsEarly(version) || version - _last!.Value.Version >= options.PromoteEveryVersions;

    /// <summary>Compares the candidate with the best version, records the decision and promotes the candidate if it passes.</summary>
    /// <param name="outputs">The candidate's outputs on the held-out <paramref name="rows"/>, concatenated.</param>
    /// <param name="score">Returns the outputs of other weights on the same rows.</param>
    public void Consider(ModelSnapshot candidate, RowBuffer rows, float[] outputs, Func<ModelSnapshot, float[]> score)
    {
        _last = (time.GetTimestamp(), candidate.Version);
        using var best = registry.AcquireBest();
        if (best?.Card.Version == candidate.Version)
            return;
        var paired = new PairedEvaluation(task, rows);
        var metrics = paired.Metrics(outputs);
        var value = metrics.GetValueOrDefault(task.PrimaryMetric, double.NaN);
        var heldOut = HeldOutSize.Of(task, rows, options.MinHeldOut);
        var bestOutputs = best is null || !double.IsFinite(value) || heldOut.Examples < heldOut.Required ? null : score(best.Snapshot);
        var ahead = bestOutputs is null ? null : paired.Compare(outputs, bestOutputs);
        (double, double)? logLoss = bestOutputs is not null && task is LabeledTask ? (LogLoss(rows, outputs), LogLoss(rows, bestOutputs)) : null;
        var (verdict, reason) = PromotionRule.Decide(task.PrimaryMetric, value, heldOut, best?.Card.Version, ahead, logLoss);
        var keepsBest = verdict == PromotionVerdict.WithinNoise && options.Prefer == PublishingOptions.Best;
        var promoted = verdict is PromotionVerdict.Best or PromotionVerdict.TooFewToCompare || (verdict == PromotionVerdict.WithinNoise && !keepsBest);
        if (keepsBest)
            reason += "; the best version stays promoted";
        var decision = new PromotionDecision(candidate.Version, time.GetUtcNow(), task.PrimaryMetric, value, ahead, promoted, reason);
        registry.Record(decision, candidate, describe(candidate, metrics) with { Calibration = Calibrate(rows, outputs), Promotion = reason }, verdict);
        guard.Adjust(decision, verdict);
    }

    private bool IsEarly(long version) => _last is not { } last || version >= 2 * last.Version;

    // The hardness of a labeled task is the cross-entropy of the example.
    private double LogLoss(RowBuffer rows, float[] outputs)
    {
        var losses = new float[rows.Count];
        task.Hardness(outputs, rows, [.. Enumerable.Range(0, rows.Count)], losses);
        var weights = rows.Weights;
        double sum = 0, total = 0;
        foreach (var row in OfClasses(rows))
            (sum, total) = (sum + ((double)weights[row] * losses[row]), total + weights[row]);
        return sum / total;
    }

    private OutputCalibration? Calibrate(RowBuffer rows, float[] outputs) => task switch
    {
        LabeledTask { HasPositives: true } => OutputCalibration.FitBinary(outputs, [.. rows.Labels.ToArray().Select(label => label == 1)], rows.Weights),
        LabeledTask { IsMultiLabel: true } => CalibrateLabels(rows, outputs),
        LabeledTask => CalibrateClasses(rows, outputs, [.. OfClasses(rows)]),
        _ => null,
    };

    // One scale and offset for all labels: rare labels alone have too few examples.
    private OutputCalibration? CalibrateLabels(RowBuffer rows, float[] outputs)
    {
        var (width, labels, weights) = (task.OutputWidth, rows.Labels.ToArray(), rows.Weights.ToArray());
        return OutputCalibration.FitBinary(
            outputs, [.. labels.SelectMany(set => Enumerable.Range(0, width).Select(label => (set >> label & 1) != 0))], [.. weights.SelectMany(weight => Enumerable.Repeat(weight, width))]);
    }

    private OutputCalibration? CalibrateClasses(RowBuffer rows, float[] outputs, int[] known)
    {
        var (labels, weights, width) = (rows.Labels.ToArray(), rows.Weights.ToArray(), task.OutputWidth);
        return OutputCalibration.FitMulticlass(
            [.. known.SelectMany(row => outputs[(row * width)..((row + 1) * width)])], width, [.. known.Select(row => labels[row])], [.. known.Select(row => weights[row])]);
    }

    // Examples that belong to no class have no right probability.
    private IEnumerable<int> OfClasses(RowBuffer rows) => Enumerable.Range(0, rows.Count).Where(row => task.RoleOf(rows.Labels[row]) != ExampleRole.Unknown);
}
