using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Rows;
using HnmStreams.Host.Application;
using HnmStreams.Offline.Serial;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Budget;

namespace HnmStreams.Host.Compare.Cost;

/// <summary>
/// A comparison of the mined learner under the budget controller with its baselines, in one serial loop over several
/// seeds. All are evaluated after the mined learner has spent given seconds on scoring and training.
/// </summary>
internal sealed class CostComparison(CostRequest request, CommandContext context)
{
    private readonly SeededStream _stream = new(context, request.Config);

    /// <summary>Trains under every seed and returns the report.</summary>
    /// <exception cref="SettingsException">The stream ends too early, or a setting is wrong.</exception>
    public CostReport Run(CancellationToken cancellation)
    {
        var options = Load(1);
        var task = ConfiguredTask.Create(options.Task);
        // A data set without a test part is evaluated on the held-out share.
        using var test = _stream.TestRows(options, task);
        var description = _stream.Feed(options).Description;
        var evaluatedOn = test is null ? "the held-out share" : $"{test.Count} test examples";
        context.Out.WriteLine($"{task.Name}: {description}; {task.PrimaryMetric} on {evaluatedOn}, {request.Seeds} seeds");
        var samples = new List<IReadOnlyList<CostSample>>();
        for (var seed = 1; seed <= request.Seeds; seed++)
            samples.Add(RunSeed(seed, test, cancellation));
        var points = request.Seconds.Select((seconds, i) => PointOf(seconds, [.. samples.Select(s => s[i])])).ToArray();
        foreach (var point in points)
            Print(point);
        return new CostReport(task.Name, description, task.PrimaryMetric, evaluatedOn, request.Seeds, points);
    }

    private HnmOptions Load(int seed) => _stream.Load(["pipeline.baselines.enabled=true", .. request.Settings], seed);

    private List<CostSample> RunSeed(int seed, RowBuffer? test, CancellationToken cancellation)
    {
        var options = Load(seed);
        var task = ConfiguredTask.Create(options.Task);
        using var learner = new SerialLearner(task, options.Pipeline, context.Time);
        var samples = new List<CostSample>();
        var decideAt = request.DecisionInterval;
        foreach (var batch in _stream.Feed(options).Examples.Select(static s => s.Example).Chunk(options.Pipeline.Batching.Size))
        {
            cancellation.ThrowIfCancellationRequested();
            learner.Learn(batch);
            var spent = learner.ScoringSeconds + learner.TrainingSeconds;
            if (spent < decideAt)
                continue;
            decideAt = spent + request.DecisionInterval;
            var heldOut = learner.Compare();
            while (samples.Count < request.Seconds.Count && spent >= request.Seconds[samples.Count])
            {
                samples.Add(SampleOf(seed, test is null ? heldOut : learner.Compare(test), learner.LastBudgetDecision));
                Print(request.Seconds[samples.Count - 1], samples[^1], learner.LastBudgetDecision);
            }

            if (samples.Count == request.Seconds.Count)
                return samples;
        }

        throw new SettingsException($"'data.epochs' must be larger but is {options.Data.Epochs}: the stream ends before the last budget of {request.Seconds[^1]} s.");
    }

    private static CostSample SampleOf(int seed, BaselineReport report, BudgetDecision? cost) => new(
        seed,
        report.Mined.HeldOut[report.Metric],
        report.Random.HeldOut[report.Metric],
        report.RandomEqualCompute.HeldOut[report.Metric],
        report.Mined.Steps,
        report.RandomEqualCompute.Steps,
        report.Mined.ScoringSeconds,
        report.Mined.TrainingSeconds,
        report.AgainstEqualCompute,
        cost?.CandidatesPerTrained);

    private static CostPoint PointOf(double seconds, IReadOnlyList<CostSample> samples) => new(
        seconds,
        samples.Average(s => s.Mined),
        samples.Average(s => s.Random),
        samples.Average(s => s.RandomEqualCompute),
        SeedInterval.Of([.. samples.Select(s => s.Mined - s.Random)]),
        SeedInterval.Of([.. samples.Select(s => s.Mined - s.RandomEqualCompute)]),
        samples.Average(s => s.ScoringSeconds / (s.ScoringSeconds + s.TrainingSeconds)),
        samples.Average(s => s.Candidates),
        samples);

    private void Print(double seconds, CostSample s, BudgetDecision? cost) => context.Out.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  seed {s.Seed} {seconds,5:0} s  mined {s.Mined:F4}  random {s.Random:F4}  at equal compute {s.RandomEqualCompute:F4}  {s.Steps} steps ({s.EqualComputeSteps}), {s.ScoringSeconds:F1} s scoring; {cost?.Reason}"));

    private void Print(CostPoint p) => context.Out.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{p.Seconds,5:0} s  mined {p.Mined:F4}  random {p.Random:F4} ({p.AgainstRandom.Mean:+0.0000;-0.0000} [{p.AgainstRandom.Low:F4}, {p.AgainstRandom.High:F4}])  at equal compute {p.RandomEqualCompute:F4} ({p.AgainstEqualCompute.Mean:+0.0000;-0.0000} [{p.AgainstEqualCompute.Low:F4}, {p.AgainstEqualCompute.High:F4}])  scoring {p.ScoringShareOfSeconds:P0} of the seconds"));
}

/// <summary>The arguments of <c>hnm compare cost</c>.</summary>
/// <param name="Config">The task's settings file; null is the synthetic stream.</param>
/// <param name="Settings">Settings, each as <c>KEY=VALUE</c>.</param>
/// <param name="Seconds">Compute seconds of the mined learner at which all learners are evaluated, ascending.</param>
/// <param name="DecisionInterval">Compute seconds of the mined learner between two decisions of the budget controller.</param>
internal sealed record CostRequest(string? Config, IReadOnlyList<string> Settings, int Seeds, IReadOnlyList<double> Seconds, double DecisionInterval);
