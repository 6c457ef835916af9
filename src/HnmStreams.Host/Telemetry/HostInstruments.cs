using System.Collections.ObjectModel;
using System.Diagnostics.Metrics;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Telemetry;

/// <summary>
/// The instruments of the host: gauges over the learner's state, read on collection. Events are counted where they happen,
/// by the meters of the other projects.
/// </summary>
internal sealed class HostInstruments : IDisposable
{
    public const string Name = "HnmStreams.Host";

    private readonly Meter _meter = new(Name);
    private readonly LearnerView _view;

    public HostInstruments(LearnerView view, TimeProvider time)
    {
        _view = view;
        Gauge("hnm.pool.count", "{candidate}", "Hard negatives in the pool.", s => s.Ranking.Pool.Count);
        Gauge("hnm.pool.size", "By", "Bytes of payload that the pool accounts for.", s => s.Ranking.Pool.Bytes);
        Gauge("hnm.pool.threshold", "1", "Hardness that an offer must exceed; absent while the pool is not full.", s => s.Ranking.Pool.Threshold ?? double.NaN);
        Gauge("hnm.quarantine.candidates", "{candidate}", "Suspected label errors in quarantine.", s => s.Ranking.Pool.Quarantined);
        Gauge("hnm.pool.hardest", "1", "Hardness of the hardest candidate; absent if the pool is empty.", s => s.Ranking.Pool.Hardest ?? double.NaN);
        Gauge("hnm.model.version", "{version}", "The newest published model version.", s => s.Training.ModelVersion);
        Gauge("hnm.train.loss", "1", "Smoothed training loss; absent before the first step.", s => s.Training.Loss ?? double.NaN);
        Gauge("hnm.train.rate_factor", "1", "Factor on the learning rate; below 1 if the training batches are memorized.", s => s.Training.RateFactor);
        Gauge("hnm.mining.allowed", "1", "1 if the model is better than chance and hard negatives are drawn, otherwise 0.", s => s.Ranking.MiningAllowed ? 1 : 0);
        Gauge("hnm.train.steps_skipped", "{step}", "Steps that the stream allowed but that were skipped because the trainer was busy.", s => s.Ranking.SkippedSteps);
        Gauge("hnm.checkpoint.age", "s", "Age of the newest checkpoint; absent before the first.", s => s.Checkpoint.At is { } at ? (time.GetUtcNow() - at).TotalSeconds : double.NaN);
        Gauge("hnm.checkpoint.size", "By", "Bytes of the newest checkpoint.", s => s.Checkpoint.Bytes);
        Gauge("hnm.checkpoint.failures", "{checkpoint}", "Checkpoints of this process that failed.", s => s.Checkpoint.Failures);
        Gauge("hnm.checkpoint.pinned", "By", "Payload memory that a checkpoint in progress holds in addition to the pool.", s => s.Ranking.PinnedBytes);
        Gauges("hnm.reservoir.count", "{example}", "Examples kept for replay, by role.", s =>
            [new(s.Ranking.PositivesKept, Tag("role", "positive")), new(s.Ranking.NegativesKept, Tag("role", "negative"))]);
        Gauges("hnm.evaluation", "1", "Metrics of the newest evaluation, by set and metric.", Evaluation);
        Gauges("hnm.baseline.metric", "1", "The task's primary metric on the held-out share, by learner: mined, random, random at equal compute. Absent without baselines.", s => ByLearner(s, (report, standing) => standing.HeldOut.GetValueOrDefault(report.Metric, double.NaN)));
        Gauges("hnm.baseline.steps", "{step}", "Steps applied, by learner.", s => ByLearner(s, (_, standing) => standing.Steps));
        Gauges("hnm.baseline.scoring", "s", "Compute seconds spent on scoring, by learner.", s => ByLearner(s, (_, standing) => standing.ScoringSeconds));
        Gauges("hnm.baseline.training", "s", "Compute seconds spent on training, by learner.", s => ByLearner(s, (_, standing) => standing.TrainingSeconds));
        Gauges("hnm.uplift", "1", "Uplift of the mined learner in the primary metric, by baseline, with the bounds of the 95 % interval.", Uplifts);
        Gauge("hnm.labels.presumed_turned_share", "1", "Share of the presumed negatives that got another label later; absent without presumed negatives.", s => s.Ranking.Labels?.PresumedTurnedShare ?? double.NaN);
        Gauge("hnm.labels.in_time_share", "1", "Share of the positive labels that came within labels.timeout; absent without labels.delayCorrection or enough data.", s => s.Ranking.PresumedWeights?.InTime ?? double.NaN);
        Gauge("hnm.labels.presumed_weight", "1", "Mean weight of presumed negatives; absent without labels.delayCorrection.", s => s.Ranking.PresumedWeights?.MeanWeight ?? double.NaN);
        Gauge("hnm.pool.refreshed", "{candidate}", "Candidates of the pool that were scored again because their score had aged; absent without pipeline.scoring.maxPoolAge.", s => s.Ranking.Rescoring?.Refreshed ?? double.NaN);
        Gauge("hnm.labels.rescored", "{example}", "Joined examples that were scored again because their served prediction was too old; absent if labels are inline.", s => s.Ranking.Labels is null ? double.NaN : s.Ranking.Rescoring?.Rescored ?? double.NaN);
        Gauges("hnm.served", "1", "Metrics of the served predictions whose label has come, by metric; absent if labels are inline.", Served);
        Gauges("hnm.drift.changes", "{change}", "Changes of the stream by signal: the error of served predictions, or the predictions themselves; 0 if labels are inline.", s =>
            [new(s.Ranking.Served?.Error.Changes ?? 0, Tag("signal", "error")), new(s.Ranking.Served?.Prediction.Changes ?? 0, Tag("signal", "prediction"))]);
        Gauge("hnm.mining.scored_share", "1", "Share of the arrivals that is scored, as set by the budget controller; absent without it.", s => s.MiningBudget?.ScoredShare ?? double.NaN);
        Gauge("hnm.mining.hard_share", "1", "Share of the negatives that is drawn from the pool, as set by the budget controller; absent without it.", s => s.MiningBudget?.HardShare ?? double.NaN);
        Gauge("hnm.mining.backoff", "{level}", "Level of the overfitting guard, which halves mining per level; 0 if it has not backed off.", s => s.OverfittingGuard?.BackoffLevel ?? 0);
        Gauge("hnm.mining.candidates_per_trained", "1", "Examples scored per row trained on, as set by the budget controller; absent without it.", s => s.MiningBudget?.CandidatesPerTrained ?? double.NaN);
        Gauge("hnm.tuning.comparisons", "{trial}", "Challengers of the learner so far; absent without tuning.", s => s.Tuning?.Comparisons ?? double.NaN);
        Gauge("hnm.tuning.promotions", "{trial}", "Challengers that took the place of the learner; absent without tuning.", s => s.Tuning?.Promotions ?? double.NaN);
        Gauge("hnm.tuning.compute", "s", "Compute seconds of challengers and their evaluation; absent without tuning.", s => s.Tuning is { } tuning ? tuning.ChallengerSeconds + tuning.EvaluationSeconds : double.NaN);
        _meter.CreateObservableGauge("hnm.run.ready", () => _view.Phase == RunPhase.Learning ? 1 : 0, "1", "1 while the learner runs.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<double>> Evaluation(PipelineStatus status)
    {
        IEnumerable<(string Set, IReadOnlyDictionary<string, double>? Metrics)> sets =
        [
            ("heldOut", status.Evaluation.HeldOut),
            ("prequential", status.Evaluation.Prequential),
            ("test", status.Evaluation.Test),
        ];
        return sets.SelectMany(set => (set.Metrics ?? ReadOnlyDictionary<string, double>.Empty)
            .Select(m => new Measurement<double>(m.Value, Tag("set", set.Set), Tag("metric", m.Key))));
    }

    private static IEnumerable<Measurement<double>> Served(PipelineStatus status) => status.Ranking.Served?.All is not { } metrics
        ? []
        :
        [
            new(metrics.Count, Tag("metric", "count")),
            new(metrics.LogLoss ?? double.NaN, Tag("metric", "logLoss")),
            new(metrics.Brier ?? double.NaN, Tag("metric", "brier")),
            new(metrics.RocAuc ?? double.NaN, Tag("metric", "rocAuc")),
            new(metrics.AveragePrecision ?? double.NaN, Tag("metric", "averagePrecision")),
            new(metrics.CalibrationError ?? double.NaN, Tag("metric", "calibrationError")),
        ];

    private static IEnumerable<Measurement<double>> ByLearner(PipelineStatus status, Func<BaselineReport, LearnerPerformance, double> read) =>
        status.Baselines is not { } report
            ? []
            :
            [
                new(read(report, report.Mined), Tag("learner", "mined")),
                new(read(report, report.Random), Tag("learner", "random")),
                new(read(report, report.RandomEqualCompute), Tag("learner", "randomEqualCompute")),
            ];

    private static IEnumerable<Measurement<double>> Uplifts(PipelineStatus status)
    {
        IEnumerable<(string Against, Uplift? Uplift)> all = [("random", status.Baselines?.AgainstRandom), ("randomEqualCompute", status.Baselines?.AgainstEqualCompute)];
        foreach (var (against, uplift) in all)
        {
            if (uplift is null)
                continue;
            yield return new(uplift.Mean, Tag("against", against), Tag("bound", "mean"));
            yield return new(uplift.Low, Tag("against", against), Tag("bound", "low"));
            yield return new(uplift.High, Tag("against", against), Tag("bound", "high"));
        }
    }

    private void Gauge(string name, string unit, string description, Func<PipelineStatus, double> read) =>
        Gauges(name, unit, description, status => [new Measurement<double>(read(status))]);

    private void Gauges(string name, string unit, string description, Func<PipelineStatus, IEnumerable<Measurement<double>>> read) =>
        _meter.CreateObservableGauge(
            name,
            () => _view.Sources is { } sources ? read(sources.Status()).Where(m => double.IsFinite(m.Value)) : [],
            unit,
            description);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
