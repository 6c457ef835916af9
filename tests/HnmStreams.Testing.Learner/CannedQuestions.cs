using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Evaluation.Calibration;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Mining.Composition;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Tasks;
using HnmStreams.Torch.Export;

namespace HnmStreams.Testing.Learner;

/// <summary>Fixed answers without a learner: thirty hard negatives named id-0 to id-29, and one suspect, a/b.</summary>
internal sealed class CannedQuestions : ILearnerQuestions
{
    public const string Suspect = "a/b";

    private bool _judged;
    private long? _pinned;

    private static ModelCard Card { get; } = new(
        "images",
        7,
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        2,
        1_000,
        new Dictionary<string, double>(StringComparer.Ordinal) { ["averagePrecision"] = 0.75 },
        [new StreamPosition("t", 0, 600)],
        new OutputCalibration(0.5, -2, 0.25, 0.0625, 100),
        "within the noise");

    public Task<IReadOnlyList<Candidate>> HardestAsync(int top, CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<Candidate>>(
        [.. Enumerable.Range(0, Math.Min(top, 30)).Select(i => new Candidate($"id-{i}", 0, CandidateLocation.Pool, 0, new Origin("t", 1, i), [new LossRecord(5, 2), new LossRecord(6, float.NaN)], new CandidatePoolEntry(1f - (i / 100f), 6, 1, i)))]);

    public Task<HardnessHistogram> HistogramAsync(CancellationToken cancellation = default) => Task.FromResult(
        new HardnessHistogram([new HardnessBin(0.25, 0.5, 1), new HardnessBin(0.5, 1, 2)], 0.25, IsLogarithmic: true, 3));

    public Task<IReadOnlyList<ComposedBatch>> BatchesAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<ComposedBatch>>(
        [new ComposedBatch(9, new MixPlan(2, 3, 7, 4, new MixRequest(6, 6, 4), [new MixShortfall(MixSource.Positives, 6, 5)]), CoolingDown: 1, Rows: 15, MiningAllowed: true)]);

    public Task<IReadOnlyList<Candidate>> QuarantinedAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<Candidate>>(
        _judged ? [] : [new Candidate(Suspect, 0, CandidateLocation.Quarantine, 0, new Origin("t", 0, 3), [], Quarantine: new QuarantineEntry(8, [3f, 4f], 5, "8 visits"))]);

    public Task<bool> JudgeAsync(string id, int region, bool wrongLabel, CancellationToken cancellation = default)
    {
        var isPending = !_judged && string.Equals(id, Suspect, StringComparison.Ordinal) && region == 0;
        _judged |= isPending;
        return Task.FromResult(isPending);
    }

    public Task<bool> UndoVerdictAsync(string id, int region, CancellationToken cancellation = default)
    {
        var judged = _judged && string.Equals(id, Suspect, StringComparison.Ordinal) && region == 0;
        _judged &= !judged;
        return Task.FromResult(judged);
    }

    public Task<Candidate?> CandidateAsync(string id, int region, CancellationToken cancellation = default) => Task.FromResult(Find(id));

    public Task<Explanation?> ExplainAsync(string id, int region, CancellationToken cancellation = default) => Task.FromResult(Find(id) is not { } found
        ? null
        : new Explanation(found, 7, [float.NaN], 0.5f, [new NearExample("p", 1, 0.9, new Origin("t", 0, 1), [])], [new NearExample("n", 0, 0.5, new Origin("t", 0, 2), [])], 40, id == Suspect ? [new HardNegativeRegion(new(0.5f, 0.75f, 1, 1), 2.5f, "dog")] : null)
        {
            Probabilities = [0.0625, 0.9375],
        });

    /// <summary>The open label requests.</summary>
    public IReadOnlyList<OpenLabelRequest> Requests { get; init; } = [];

    public Task<IReadOnlyList<OpenLabelRequest>> LabelRequestsAsync(int top, CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<OpenLabelRequest>>([.. Requests.Take(top)]);

    public Task<OpenLabelRequest?> LabelRequestAsync(string id, CancellationToken cancellation = default) => Task.FromResult(Requests.FirstOrDefault(r => string.Equals(r.Request.Id, id, StringComparison.Ordinal)));

    public RegistryStatus Models() => new(
        Gated: true,
        9,
        _pinned is { } version ? Card with { Version = version } : Card,
        5,
        [
            new PromotionDecision(9, default, "averagePrecision", double.NaN, null, false, "its averagePrecision is not defined yet"),
            new PromotionDecision(7, default, "averagePrecision", 0.75, new Uplift(-0.01, -0.02, 0.01), true, "within the noise"),
        ])
    {
        Pinned = _pinned,
        Kept = [Card, Card with { Version = 5 }],
    };

    public Stream? OpenVersion(long version) => version is 5 or 7 ? new MemoryStream([(byte)version]) : null;

    public Task<Stream?> ExportVersionAsync(long version, string format, CancellationToken cancellation = default) => format is "torchscript"
        ? throw new NotSupportedException("The task's network is a built-in one, which has no TorchScript export. Export it as onnx, or as safetensors.")
        : Task.FromResult<Stream?>(version is 5 or 7 ? new MemoryStream([0, (byte)version]) : null);

    public Task<ModelCard?> PinVersionAsync(long version, CancellationToken cancellation = default)
    {
        if (version is not (5 or 7 or 9))
            return Task.FromResult<ModelCard?>(null);
        _pinned = version;
        return Task.FromResult<ModelCard?>(Card with { Version = version });
    }

    public void UnpinVersion() => _pinned = null;

    public async Task<ModelCard?> WritePromotedAsync(string path, string format = ModelExport.Safetensors, CancellationToken cancellation = default)
    {
        await File.WriteAllBytesAsync(path, [1, 2, 3], cancellation);
        return Models().Promoted;
    }

    /// <summary>Called by each request to score; the answer waits for the task.</summary>
    public Func<Task> BeforeScoring { get; init; } = static () => Task.CompletedTask;

    public async Task<ScoredExamples> ScoreAsync(IReadOnlyList<Example> examples, CancellationToken cancellation = default)
    {
        await BeforeScoring();
        return new ScoredExamples(
            7,
            true,
            [.. examples.Select(e => e.Input is ExampleInput.Text ? new ScoredExample(e.Id, "text is not supported", [], null, null) : new ScoredExample(e.Id, null, [0.5f], [0.25, 0.75], [0.5, 0.5]))]);
    }

    private static Candidate? Find(string id) => id is not ("id-0" or Suspect)
        ? null
        : new Candidate(
            id, 0, CandidateLocation.Pool, 0, new Origin("t", 1, 0), [new LossRecord(5, 2), new LossRecord(6, 1)], new CandidatePoolEntry(0.5f, 6, 1, 2), null, new CandidateDetail(1, [1, 2, 3], Suspected: false, "too early to say"));
}
