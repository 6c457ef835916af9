using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Rows;
using HnmStreams.Host.Application;
using HnmStreams.Offline.Serial;
using HnmStreams.Tasks;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>
/// A comparison of training methods on the same model and stream: the task's metric on its test set against examples
/// consumed, steps, rows trained on, and seconds spent. Each method first gets its own best batch size and learning rate, chosen on the
/// training part. All hold out the same examples, and all are judged by their promoted version and by their newest.
/// </summary>
internal sealed class QualityComparison(QualityRequest request, CommandContext context)
{
    private readonly SeededStream _stream = new(context, request.Config);

    /// <summary>Trains every method under every seed and returns the report.</summary>
    /// <exception cref="SettingsException">The task has no test set, or a method does not apply to it.</exception>
    public QualityReport Run(CancellationToken cancellation)
    {
        var options = _stream.Load(request.Settings, 1);
        var task = ConfiguredTask.Create(options.Task);
        var methods = QualityMethod.All(task.Name).Where(m => request.Methods.Count == 0 || request.Methods.Contains(m.Name, StringComparer.Ordinal)).ToArray();
        using var test = TestRows(options, task);
        // Only the description is used. The examples are opened again per seed and must not stay in memory meanwhile.
        var (description, _, _, setSize) = _stream.Feed(options);
        context.Out.WriteLine($"{task.Name}: {description}; {task.PrimaryMetric} on {test.Count} test examples, {request.Seeds} seeds");
        var run = new QualityRun(_stream, request.Settings, request.Budgets, context.Time, request.Metrics);
        run.CheckMetrics(methods[0], test);
        var tunings = Tune(methods, options, task, cancellation);
        var reports = new Dictionary<string, QualityMethodReport>(StringComparer.Ordinal);
        foreach (var method in methods)
        {
            var samples = new List<IReadOnlyList<QualitySample>>();
            var wrong = new List<WrongLabels>();
            var tuning = tunings[method.Name];
            for (var seed = 1; seed <= request.Seeds; seed++)
            {
                var (points, labels) = run.Train(method, tuning.Chosen.Settings(OptionsOf(method)), seed, test, excluded: null, cancellation);
                samples.Add(points);
                wrong.Add(labels);
            }

            reports.Add(method.Name, new([.. request.Budgets.Select((_, i) => QualityPoint.Of([.. samples.Select(s => s[i])]))], WrongLabels.Mean(wrong)) { Tuning = tuning });
            Print(method, reports[method.Name]);
        }

        return QualityReport.Of(task.Name, description, setSize, task.PrimaryMetric, request.Seeds, reports);
    }

    private HnmOptions OptionsOf(QualityMethod method) => _stream.Load([.. request.Settings, .. method.Settings], 1);

    private Dictionary<string, QualitySweepResult> Tune(QualityMethod[] methods, HnmOptions options, IMiningTask task, CancellationToken cancellation)
    {
        var split = new ValidationSplit(QualitySweep.ValidationShare, options.Pipeline.Evaluation.HeldOutInterval);
        using var validation = _stream.TrainRows(options, task, split);
        var sweep = new QualitySweep(new QualityRun(_stream, request.Settings, request.Budgets, context.Time), context.Out);
        return methods.ToDictionary(m => m.Name, method =>
        {
            var own = OptionsOf(method);
            return sweep.Choose(method, [.. request.Grid.Candidates(task, own).Select(t => (t, t.Settings(own)))], validation, split, cancellation);
        }, StringComparer.Ordinal);
    }

    private RowBuffer TestRows(HnmOptions options, IMiningTask task)
    {
        var rows = _stream.TestRows(options, task)
            ?? throw new SettingsException($"'data.path' must name a data set with a test part but is '{options.Data.Path}'. Set data.testPath, or set data.split.by to id, content, label or time.");
        return rows.Count > 0 ? rows : throw new SettingsException($"'data.path' is '{options.Data.Path}', and the task accepts none of its test examples.");
    }

    private static string Others(QualityPoint point) =>
        string.Concat(point.Others.Select(static metric => string.Create(CultureInfo.InvariantCulture, $", {metric.Key} {metric.Value.Average():F4} (sd {QualityPoint.Deviation(metric.Value):F4})")));

    private void Print(QualityMethod method, QualityMethodReport report)
    {
        context.Out.WriteLine($"{method.Name,-8} {report.Tuning!.Chosen}");
        if (report.WrongLabels is { } labels)
            context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method.Name,-8} {labels.Wrong:N0} wrong labels, {labels.Quarantined:N0} quarantined, {labels.Caught:N0} of them correctly (precision {Numbers.Metric(labels.Precision)}, recall {Numbers.Metric(labels.Recall)})"));
        foreach (var point in report.Points)
            context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method.Name,-8} {point.Consumed,9:N0} consumed {point.LossTerms,9:N0} trained {point.Seconds,7:F1} s  {point.Mean:F4} (sd {point.Sd:F4}), newest {point.Newest:F4} (sd {point.NewestSd:F4}){Others(point)}"));
    }
}

/// <summary>The arguments of <c>hnm compare quality</c>.</summary>
/// <param name="Config">The task's settings file.</param>
/// <param name="Settings">Settings of all methods, each as <c>KEY=VALUE</c>.</param>
/// <param name="Budgets">Numbers of consumed examples at which every method is evaluated, ascending.</param>
/// <param name="Methods">The names of the methods to run; empty for all.</param>
/// <param name="Metrics">Further metrics of the promoted version.</param>
/// <param name="Grid">The batch sizes and learning rates that each method tries.</param>
internal sealed record QualityRequest(
    string? Config, IReadOnlyList<string> Settings, int Seeds, IReadOnlyList<long> Budgets, IReadOnlyList<string> Methods, IReadOnlyList<string> Metrics, QualityGrid Grid);
