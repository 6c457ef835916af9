using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Rows;
using HnmStreams.Host.Application;
using HnmStreams.Tasks;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>
/// A comparison of training methods on the same model and stream: the task's metric on its test set against examples
/// consumed, rows trained on, and seconds spent on encoding, scoring and training.
/// </summary>
internal sealed class QualityComparison(QualityRequest request, CommandContext context)
{
    private readonly SeededStream _stream = new(context, request.Config);

    /// <summary>Trains every method under every seed and returns the report.</summary>
    /// <exception cref="SettingsException">The task has no test set, or a method does not apply to it.</exception>
    public QualityReport Run(CancellationToken cancellation)
    {
        var options = Load([], 1);
        var task = ConfiguredTask.Create(options.Task);
        var methods = QualityMethod.All(task.Name).Where(m => request.Methods.Count == 0 || request.Methods.Contains(m.Name, StringComparer.Ordinal)).ToArray();
        using var test = TestRows(options, task);
        // Only the description is used. The examples are opened again per seed and must not stay in memory meanwhile.
        var (description, _, _, setSize) = _stream.Feed(options);
        context.Out.WriteLine($"{task.Name}: {description}; {task.PrimaryMetric} on {test.Count} test examples, {request.Seeds} seeds");
        var reports = new Dictionary<string, QualityMethodReport>(StringComparer.Ordinal);
        foreach (var method in methods)
        {
            var samples = new List<IReadOnlyList<QualitySample>>();
            var wrong = new List<WrongLabels>();
            for (var seed = 1; seed <= request.Seeds; seed++)
            {
                var (points, labels) = RunSeed(method, seed, test, cancellation);
                samples.Add(points);
                wrong.Add(labels);
            }

            reports.Add(method.Name, new([.. request.Budgets.Select((_, i) => QualityPoint.Of([.. samples.Select(s => s[i])]))], WrongLabels.Mean(wrong)));
            Print(method, reports[method.Name]);
        }

        return QualityReport.Of(task.Name, description, setSize, task.PrimaryMetric, request.Seeds, reports);
    }

    private HnmOptions Load(IEnumerable<string> settings, int seed) => _stream.Load([.. request.Settings, .. settings], seed);

    private RowBuffer TestRows(HnmOptions options, IMiningTask task)
    {
        var rows = _stream.TestRows(options, task)
            ?? throw new SettingsException($"'data.path' must name a data set with a test part but is '{options.Data.Path}'. Set data.testPath, or set data.split.by to id, content, label or time.");
        return rows.Count > 0 ? rows : throw new SettingsException($"'data.path' is '{options.Data.Path}', and the task accepts none of its test examples.");
    }

    private (List<QualitySample> Points, WrongLabels Wrong) RunSeed(QualityMethod method, int seed, RowBuffer test, CancellationToken cancellation)
    {
        var options = Load(method.Settings, seed);
        var task = ConfiguredTask.Create(options.Task);
        using var learner = method.Create(task, options, request.UniformBatch, context.Time);
        var samples = new List<QualitySample>();
        var wrong = new HashSet<string>(StringComparer.Ordinal);
        foreach (var batch in _stream.Feed(options).Examples.Chunk(options.Pipeline.Batching.Size))
        {
            cancellation.ThrowIfCancellationRequested();
            wrong.UnionWith(batch.Where(static s => s.IsWrong).Select(static s => s.Example.Id));
            learner.Learn([.. batch.Select(static s => s.Example)]);
            while (samples.Count < request.Budgets.Count && learner.Consumed + learner.Rejected >= request.Budgets[samples.Count])
            {
                var metric = learner.Measure(test)[task.PrimaryMetric];
                samples.Add(new(learner.Consumed, learner.LossTerms, learner.EncodingSeconds + learner.ScoringSeconds + learner.TrainingSeconds, metric));
            }

            if (samples.Count == request.Budgets.Count)
                return (samples, WrongLabels.Of(wrong, learner.Suspects));
        }

        throw new SettingsException($"'data.epochs' must be larger but is {options.Data.Epochs}: the stream ends before the last budget of {request.Budgets[^1]} examples.");
    }

    private void Print(QualityMethod method, QualityMethodReport report)
    {
        if (report.WrongLabels is { } labels)
            context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method.Name,-8} {labels.Wrong:N0} wrong labels, {labels.Quarantined:N0} quarantined, {labels.Caught:N0} of them correctly (precision {Numbers.Metric(labels.Precision)}, recall {Numbers.Metric(labels.Recall)})"));
        foreach (var point in report.Points)
            context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method.Name,-8} {point.Consumed,9:N0} consumed {point.LossTerms,9:N0} trained {point.Seconds,7:F1} s  {point.Mean:F4} (sd {point.Sd:F4})"));
    }
}

/// <summary>The arguments of <c>hnm compare quality</c>.</summary>
/// <param name="Config">The task's settings file.</param>
/// <param name="Settings">Settings of all methods, each as <c>KEY=VALUE</c>.</param>
/// <param name="Budgets">Numbers of consumed examples at which every method is evaluated, ascending.</param>
/// <param name="Methods">The names of the methods to run; empty for all.</param>
/// <param name="UniformBatch">Rows per step of the methods that train on everything.</param>
internal sealed record QualityRequest(
    string? Config, IReadOnlyList<string> Settings, int Seeds, IReadOnlyList<long> Budgets, IReadOnlyList<string> Methods, int UniformBatch);
