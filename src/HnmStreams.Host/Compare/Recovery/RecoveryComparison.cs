using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Host.Application;
using HnmStreams.Offline.Serial;
using HnmStreams.Tasks;
using HnmStreams.Web.Recovery;

namespace HnmStreams.Host.Compare.Recovery;

/// <summary>
/// A comparison of the mined learner with its baselines after a change of the stream (<c>data.drift</c>), in one serial loop over several seeds. All
/// learners see the same stream, so the examples until a learner is back are its time to recover. The rule is that of <see cref="RecoveryTracker"/>.
/// </summary>
/// <remarks>
/// The metric is that of the newest weights on the test part. Before the change, test examples of classes that have not appeared yet are left out. The
/// budget controller does not adjust the scored share during the comparison.
/// </remarks>
internal sealed class RecoveryComparison(RecoveryRequest request, CommandContext context)
{
    // The level is that of the last three evaluations before the change. One more is a margin for the sizes of batches.
    private const int LevelEvaluations = 4;

    private readonly SeededStream _stream = new(context, request.Config);

    /// <summary>Trains under every seed and returns the report.</summary>
    /// <exception cref="SettingsException">The stream ends too early, the task has no test part, or a setting is wrong.</exception>
    public RecoveryReport Run(CancellationToken cancellation)
    {
        var options = Load(1);
        var task = ConfiguredTask.Create(options.Task);
        var plan = RecoveryPlan.Of(options.Data.Drift);
        using var before = TestRows(options, task, plan.IsBefore);
        using var after = TestRows(options, task, static _ => true);
        var description = _stream.Feed(options).Description;
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{task.Name}: {description}; {task.PrimaryMetric} on {before.Count} test examples, {after.Count} after the change at {plan.After:N0}; {request.Seeds} seeds"));
        var runs = new List<RecoveryRun>();
        for (var seed = 1; seed <= request.Seeds; seed++)
        {
            runs.Add(RunSeed(seed, plan, before, after, cancellation));
            foreach (var line in RecoveryTable.Lines(runs[^1]))
                context.Out.WriteLine(line);
        }

        return new RecoveryReport(task.Name, description, task.PrimaryMetric, plan.After, request.Every, request.Until, runs);
    }

    private HnmOptions Load(int seed) => _stream.Load(["pipeline.baselines.enabled=true", .. request.Settings], seed);

    private RowBuffer TestRows(HnmOptions options, IMiningTask task, Func<Example, bool> isIncluded)
    {
        var rows = _stream.TestRows(options, task, isIncluded)
            ?? throw new SettingsException($"'data.path' must name a data set with a test part but is '{options.Data.Path}'. Set data.testPath, or set data.split.by to id, content, label or time.");
        return rows.Count > 0 ? rows : throw new SettingsException($"'data.path' is '{options.Data.Path}', and the task accepts none of its test examples before the change.");
    }

    private RecoveryRun RunSeed(int seed, RecoveryPlan plan, RowBuffer before, RowBuffer after, CancellationToken cancellation)
    {
        var options = Load(seed);
        var task = ConfiguredTask.Create(options.Task);
        using var learner = new SerialLearner(task, options.Pipeline, context.Time);
        // The clock of the tracker is the number of examples. The second change is the end of the observation.
        var tracker = new RecoveryTracker(new StreamChanges(plan.After, request.Until));
        var points = new List<RecoveryPoint>();
        var (sent, next) = (0L, plan.After - (LevelEvaluations * request.Every));
        foreach (var batch in _stream.Feed(options).Examples.Select(static s => s.Example).Chunk(options.Pipeline.Batching.Size))
        {
            cancellation.ThrowIfCancellationRequested();
            learner.Learn(batch);
            sent += batch.Length;
            if (sent < next)
                continue;
            next = sent + request.Every;
            points.Add(RecoveryPoint.Of(sent, learner.Compare(sent <= plan.After ? before : after)));
            tracker.Observe(points[^1].Observation);
            if (sent >= plan.After + request.Until)
                return new RecoveryRun(seed, RecoveryResult.Of(tracker.Recoveries.Count > 0 ? tracker.Recoveries[0] : throw NoLevel(plan)), points);
        }

        throw new SettingsException($"'data.epochs' must be larger but is {options.Data.Epochs}: the stream ends before {plan.After + request.Until} examples.");
    }

    private SettingsException NoLevel(RecoveryPlan plan) => new($"'--every' must be smaller but is {request.Every}: the metric is not defined for all learners before the change after {plan.After} examples.");
}

/// <summary>The arguments of <c>hnm compare recovery</c>.</summary>
/// <param name="Config">The task's settings file.</param>
/// <param name="Settings">Settings, each as <c>KEY=VALUE</c>.</param>
/// <param name="Every">Examples between two evaluations.</param>
/// <param name="Until">Examples after the change that are observed.</param>
internal sealed record RecoveryRequest(string? Config, IReadOnlyList<string> Settings, int Seeds, long Every, long Until);
