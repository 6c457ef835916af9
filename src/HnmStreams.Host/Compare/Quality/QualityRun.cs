using HnmStreams.Configuration;
using HnmStreams.Data.Rows;
using HnmStreams.Offline.Serial;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>Runs of one method over the stream, measured at each budget.</summary>
/// <param name="settings">Settings of all methods, each as <c>KEY=VALUE</c>.</param>
/// <param name="budgets">Numbers of consumed examples, ascending.</param>
/// <param name="others">Further metrics to keep; null keeps none.</param>
internal sealed class QualityRun(SeededStream stream, IReadOnlyList<string> settings, IReadOnlyList<long> budgets, TimeProvider time, IReadOnlyList<string>? others = null)
{
    /// <summary>Trains a method under a seed.</summary>
    /// <param name="tuning">The settings of the method's batch and learning rate.</param>
    /// <param name="rows">The rows on which the weights are measured.</param>
    /// <param name="excluded">The examples that are not sent; null sends all.</param>
    /// <exception cref="SettingsException">The stream ends before the last budget.</exception>
    public (List<QualitySample> Points, WrongLabels Wrong) Train(QualityMethod method, IReadOnlyList<string> tuning, int seed, RowBuffer rows, ValidationSplit? excluded, CancellationToken cancellation)
    {
        var options = stream.Load([.. settings, .. method.Settings, .. tuning], seed);
        var task = ConfiguredTask.Create(options.Task);
        using var learner = method.Create(task, options, time);
        var samples = new List<QualitySample>();
        var wrong = new HashSet<string>(StringComparer.Ordinal);
        var sent = stream.Feed(options).Examples;
        if (excluded is not null)
            sent = sent.Where(s => !excluded.Contains(task, s.Example));
        foreach (var batch in sent.Chunk(options.Pipeline.Batching.Size))
        {
            cancellation.ThrowIfCancellationRequested();
            wrong.UnionWith(batch.Where(static s => s.IsWrong).Select(static s => s.Example.Id));
            learner.Learn([.. batch.Select(static s => s.Example)]);
            while (samples.Count < budgets.Count && learner.Consumed + learner.Rejected >= budgets[samples.Count])
            {
                var (promoted, newest) = (learner.Measure(rows), learner.MeasureNewest(rows)[task.PrimaryMetric]);
                samples.Add(new(learner.Consumed, learner.Steps, learner.LossTerms, learner.EncodingSeconds + learner.ScoringSeconds + learner.RankingSeconds + learner.TrainingSeconds, promoted[task.PrimaryMetric], newest, Others(promoted)));
            }

            if (samples.Count == budgets.Count)
                return (samples, WrongLabels.Of(wrong, learner.Suspects));
        }

        throw new SettingsException($"'data.epochs' must be larger but is {options.Data.Epochs}: the stream ends before the last budget of {budgets[^1]} examples.");
    }

    /// <summary>Checks the names of the further metrics before anything is trained, by measuring new weights.</summary>
    /// <param name="rows">At least one row.</param>
    /// <exception cref="SettingsException">The task has no such metric.</exception>
    public void CheckMetrics(QualityMethod method, RowBuffer rows)
    {
        if (others is null or [])
            return;
        var options = stream.Load([.. settings, .. method.Settings], seed: 1);
        using var learner = method.Create(ConfiguredTask.Create(options.Task), options, time);
        var metrics = learner.MeasureNewest(rows);
        if (others.FirstOrDefault(name => !metrics.ContainsKey(name)) is { } unknown)
            throw new SettingsException($"'--metric' must be one of {string.Join(", ", metrics.Keys.Order(StringComparer.Ordinal))}, but is '{unknown}'.");
    }

    private Dictionary<string, double> Others(IReadOnlyDictionary<string, double> metrics) => (others ?? []).ToDictionary(static name => name, name => metrics[name], StringComparer.Ordinal);
}
