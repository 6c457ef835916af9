using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Host.Application;
using HnmStreams.Host.Compare;
using HnmStreams.Offline.Serial;

namespace HnmStreams.Benchmarks.Delayed;

/// <summary>
/// The price of labels that come later: the same examples, once with their labels and once with labels that follow in separate records.
/// Both learn each example once.
/// </summary>
/// <remarks>
/// The learner is the serial one, which computes the same whatever the load of the machine. It predicts with the promoted version and scores
/// examples with outdated predictions again as the service does; the gate decides by version counts.
/// </remarks>
internal sealed class DelayedBenchmark(DelayedRequest request, CommandContext context)
{
    // The pool is measured this many times, so that one moment does not decide.
    private const int Measurements = 10;

    private readonly SeededStream _stream = new(context, request.Config);

    /// <summary>Runs both modes with all seeds, and prints a line for each run.</summary>
    public DelayedReport Run(CancellationToken cancellation)
    {
        var options = Load(1, []);
        var task = ConfiguredTask.Create(options.Task);
        using var test = _stream.TestRows(options, task);
        var (inline, later) = (new List<DelayedRun>(), new List<DelayedRun>());
        for (var seed = 1; seed <= request.Seeds; seed++)
        {
            inline.Add(RunOnce(seed, isLater: false, test, cancellation));
            later.Add(RunOnce(seed, isLater: true, test, cancellation));
            context.Out.WriteLine($"seed {seed}  {inline[^1].Text("inline")}");
            context.Out.WriteLine($"seed {seed}  {later[^1].Text("later")}");
            context.Out.Flush();
        }

        var report = DelayedReport.Of(task.Name, _stream.Feed(options).Description, task.PrimaryMetric, request.MedianDelay, inline, later);
        context.Out.WriteLine(report.Text());
        return report;
    }

    private HnmOptions Load(int seed, IReadOnlyList<string> settings) => _stream.Load(["pipeline.baselines.enabled=false", .. request.Settings, .. settings], seed);

    private DelayedRun RunOnce(int seed, bool isLater, RowBuffer? test, CancellationToken cancellation)
    {
        var options = Load(seed, isLater ? request.LaterSettings : []);
        var task = ConfiguredTask.Create(options.Task);
        var split = options.Pipeline.Evaluation.ToHeldOutSplit();
        // A label joins an id once.
        var examples = DelayedStream.WithDistinctIds(_stream.Feed(options).Examples.Select(static sent => sent.Example).Take(request.Examples), e => split.Contains(task, e, ExampleKey.Of(e.Id))).ToList();
        options.Labels.Mode = isLater ? LabelMode.Later : LabelMode.Inline;
        // Every label comes, however late.
        (options.Labels.Timeout, options.Labels.Corrections) = (TimeSpan.FromDays(3650), TimeSpan.FromDays(3650));
        using var learner = new SerialLearner(task, options.Pipeline, context.Time, labels: options.Labels);
        var byId = examples.ToDictionary(static e => e.Id, StringComparer.Ordinal);
        var window = new Queue<Example>();
        var pool = new List<PoolQuality>();
        var (learned, seconds) = (0L, 0.0);
        var stream = isLater ? DelayedStream.Send(examples, request.MedianDelay, (ulong)seed) : examples;
        foreach (var batch in stream.Chunk(options.Pipeline.Batching.Size))
        {
            cancellation.ThrowIfCancellationRequested();
            var start = context.Time.GetTimestamp();
            learner.Learn(batch);
            seconds += context.Time.GetElapsedTime(start).TotalSeconds;
            foreach (var label in batch.Where(static e => e.Target is not Target.None))
            {
                window.Enqueue(byId[label.Id]);
                if (window.Count > PoolQuality.Window)
                    window.Dequeue();
                learned++;
            }

            if (learned * Measurements / examples.Count > pool.Count)
                pool.Add(PoolQuality.Of(learner, task, split, window));
        }

        using var heldOut = new RowBuffer();
        learner.CopyHeldOut(heldOut);
        var status = learner.Ranking;
        return new DelayedRun(
            status.Labels?.Joined ?? learner.Consumed,
            learner.Steps,
            learner.Measure(heldOut)[task.PrimaryMetric],
            learner.MeasureNewest(heldOut)[task.PrimaryMetric],
            test is null ? null : learner.Measure(test)[task.PrimaryMetric],
            test is null ? null : learner.MeasureNewest(test)[task.PrimaryMetric],
            pool.Select(static q => q.Loss).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average(),
            pool.Select(static q => q.Recall).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average(),
            isLater ? status.Rescoring!.Rescored : status.Stream.Scored,
            learner.ScoringSeconds,
            learner.PredictingSeconds,
            learner.TrainingSeconds,
            seconds);
    }
}

/// <summary>The arguments of the benchmark.</summary>
/// <param name="Config">The task's settings file; null is the synthetic stream.</param>
/// <param name="Settings">Settings of both modes, each as <c>KEY=VALUE</c>.</param>
/// <param name="LaterSettings">Further settings of the runs whose labels come later.</param>
/// <param name="Examples">The number of examples; a smaller training part is repeated under new ids.</param>
/// <param name="MedianDelay">The median delay of a label, in inputs.</param>
internal sealed record DelayedRequest(string? Config, IReadOnlyList<string> Settings, IReadOnlyList<string> LaterSettings, int Examples, int Seeds, double MedianDelay);
