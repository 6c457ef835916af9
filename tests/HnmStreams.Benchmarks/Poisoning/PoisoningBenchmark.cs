using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Synthetic;
using HnmStreams.Host.Application;
using HnmStreams.Host.Compare;
using HnmStreams.Offline.Serial;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Tasks;

namespace HnmStreams.Benchmarks.Poisoning;

/// <summary>
/// What a hostile producer achieves with a share of the records: the change of the metric on a clean test set, the change of the metric that the
/// service reports, and the labels that label-noise detection catches. Mining is compared with random negatives, under the same seeds.
/// </summary>
/// <remarks>For tasks with a positive class.</remarks>
internal sealed class PoisoningBenchmark(PoisoningRequest request, CommandContext context)
{
    // The test set of the synthetic stream is the part that follows the records of a run.
    private const int SyntheticTestCount = 20_000;

    // The honest examples that the producer knows and copies from.
    private const int MaxKnown = 50_000;

    private static readonly (string Name, string[] Settings)[] Learners =
    [
        ("mined", []),
        ("mined with detection", ["pipeline.retention.labelNoise.minVisits=8"]),
        ("random", ["pipeline.scoring.share=0"]),
    ];

    private readonly SeededStream _stream = new(context, request.Config);

    /// <summary>Runs all attacks, shares, learners and seeds, and prints a line for each cell.</summary>
    public PoisoningReport Run(CancellationToken cancellation)
    {
        var options = Load([], 1);
        var task = ConfiguredTask.Create(options.Task);
        using var test = TestRows(options, task);
        var description = _stream.Feed(options).Description;
        context.Out.WriteLine($"{task.Name}: {description}; {task.PrimaryMetric} on {test.Count} test examples, {request.Examples} records, {request.Seeds} seeds");
        int[] seeds = [.. Enumerable.Range(1, request.Seeds)];
        var known = seeds.ToDictionary(static seed => seed, seed => Known(seed, task, cancellation));
        var cells = new List<PoisoningCell>();
        foreach (var (learner, settings) in Learners.Where(l => request.Learners.Count == 0 || request.Learners.Contains(l.Name, StringComparer.Ordinal)))
        {
            PoisoningSample[] clean = [.. seeds.Select(seed => RunOnce(null, 0, settings, seed, known[seed], test, cancellation))];
            Add(cells, PoisoningCell.Of(null, 0, learner, clean, clean));
            foreach (var attack in request.Attacks)
            {
                foreach (var share in request.Shares)
                    Add(cells, PoisoningCell.Of(attack, share, learner, [.. seeds.Select(seed => RunOnce(attack, share, settings, seed, known[seed], test, cancellation))], clean));
            }
        }

        return new PoisoningReport(task.Name, description, task.PrimaryMetric, request.Examples, request.Seeds, cells);
    }

    private void Add(List<PoisoningCell> cells, PoisoningCell cell)
    {
        cells.Add(cell);
        context.Out.WriteLine(cell.Text());
        context.Out.Flush();
    }

    private HnmOptions Load(IEnumerable<string> settings, int seed) => _stream.Load([.. request.Settings, .. settings], seed);

    private RowBuffer TestRows(HnmOptions options, IMiningTask task)
    {
        if (_stream.TestRows(options, task) is { } rows)
            return rows;
        if (!options.Data.IsSynthetic())
            throw new SettingsException($"'data.path' must name a data set with a test part but is '{options.Data.Path}'. Set data.testPath, or set data.split.by to id, content, label or time.");
        rows = new RowBuffer();
        var stream = new SyntheticStream(options.Synthetic);
        for (var i = 0; i < SyntheticTestCount; i++)
            task.Encode(stream.At(request.Examples + i).Example, rows);
        return rows;
    }

    private IEnumerable<Example> Honest(HnmOptions options) => _stream.Feed(options).Examples.Select(static sent => sent.Example).Take(request.Examples);

    /// <summary>Trains a clean model and returns distinct examples of the stream with its scores.</summary>
    private List<ScoredExample> Known(int seed, IMiningTask task, CancellationToken cancellation)
    {
        var options = Load([], seed);
        using var learner = new SerialLearner(task, options.Pipeline, context.Time);
        foreach (var batch in Honest(options).Chunk(options.Pipeline.Batching.Size))
        {
            cancellation.ThrowIfCancellationRequested();
            learner.Learn(batch);
        }

        using var rows = new RowBuffer();
        var examples = new List<Example>();
        foreach (var example in Honest(Load([], seed)).Take(MaxKnown).DistinctBy(static e => e.Id, StringComparer.Ordinal))
        {
            if (task.Encode(example, rows) is null)
                examples.Add(example);
        }

        var outputs = learner.Outputs(rows);
        return [.. examples.Select((e, i) => new ScoredExample(e, task.RoleOf(rows.Labels[i]) == ExampleRole.Positive, outputs[i * task.OutputWidth]))];
    }

    private PoisoningSample RunOnce(PoisoningAttack? attack, double share, IEnumerable<string> settings, int seed, IReadOnlyList<ScoredExample> known, RowBuffer test, CancellationToken cancellation)
    {
        var options = Load(settings, seed);
        var task = ConfiguredTask.Create(options.Task);
        // The split that the producer can compute, whatever the service's secret is.
        var split = new HeldOutSplit(options.Pipeline.Evaluation.HeldOutShare, options.Pipeline.Evaluation.HeldOutInterval);
        var poisoned = attack is { } kind
            ? new PoisonedStream(
                kind,
                kind.Templates(known),
                share,
                (known.First(static e => !e.IsPositive).Example.Target, known.First(static e => e.IsPositive).Example.Target),
                options.Wire.MaxWeight,
                e => split.Contains(task, e, ExampleKey.Of(e.Id)))
            : null;
        var positive = known.Where(static e => e.IsPositive).Select(static e => e.Example.Target).ToHashSet();
        var records = poisoned?.Send(Honest(options), e => positive.Contains(e.Target), (ulong)seed) ?? Honest(options);
        using var learner = new SerialLearner(task, options.Pipeline, context.Time);
        foreach (var batch in records.Chunk(options.Pipeline.Batching.Size))
        {
            cancellation.ThrowIfCancellationRequested();
            learner.Learn(batch);
        }

        using var heldOut = new RowBuffer();
        learner.CopyHeldOut(heldOut);
        var wrong = poisoned?.WrongIds ?? [];
        return new PoisoningSample(
            learner.Measure(test)[task.PrimaryMetric],
            learner.Measure(heldOut)[task.PrimaryMetric],
            new DetectedFlips(wrong.Count, learner.Suspects.Count, learner.Suspects.Count(wrong.Contains)));
    }
}

/// <summary>The arguments of the benchmark.</summary>
/// <param name="Config">The task's settings file; null is the synthetic stream.</param>
/// <param name="Settings">Settings, each as <c>KEY=VALUE</c>.</param>
/// <param name="Examples">Records per run.</param>
/// <param name="Learners">The names of the learners to run; empty for all.</param>
internal sealed record PoisoningRequest(
    string? Config, IReadOnlyList<string> Settings, int Examples, int Seeds, IReadOnlyList<PoisoningAttack> Attacks, IReadOnlyList<double> Shares, IReadOnlyList<string> Learners);
