using System.Globalization;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Tasks;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Offline.Rounds;

/// <summary>
/// Offline mining (Sung and Poggio's bootstrapping, 1994; ANCE, arXiv 2007.00808, for embeddings): all negatives are
/// ranked under the model, a band of them is kept after the positive-aware filters, the model goes on training on it;
/// and again. Killed between any two instructions it goes on from the end of the last round, to the same weights.
/// </summary>
/// <remarks>One owner; a round's search has threads of its own. CPU only.</remarks>
public sealed class MiningRounds : IDisposable
{
    // The best that arXiv 2407.15831 found for retrieval.
    private const float RelativeMargin = 0.05f;

    private readonly IMiningTask _task;
    private readonly PipelineOptions _options;
    private readonly MineOptions _mine;
    private readonly ExampleStore _store;
    private readonly RowBuffer _test;
    private readonly TimeProvider _time;
    private readonly RoundFolder _folder;
    private readonly IHardRanking _ranking;
    private readonly Learner _learner;
    private readonly ScoringReplica _model;
    private readonly ScoringReplica? _checker;
    private readonly bool _warm;

    /// <param name="embeds">Whether outputs are embeddings and labels groups; else rows are ranked by their hardness.</param>
    /// <param name="store">What is learnt from, closed; stays the caller's.</param>
    /// <param name="test">What is judged by; may be empty; stays the caller's.</param>
    /// <param name="initialWeights">Safetensors to begin with, or null.</param>
    /// <exception cref="InvalidOperationException">The folder holds rounds of something else, or there is nothing to mine.</exception>
    /// <exception cref="InvalidDataException">Weights are not those of the task's network, or the state is damaged.</exception>
    public MiningRounds(IMiningTask task, bool embeds, PipelineOptions options, MineOptions mine, ExampleStore store, RowBuffer test, string? initialWeights, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(store);
        (_task, _options, _mine, _store, _test, _time) = (task, options, mine, store, test, time);
        if (embeds && mine.IsUnbounded)
            mine.RelativeMargin = RelativeMargin;
        if (store.Count == store.Positives.Count)
            throw new InvalidOperationException($"There is nothing to mine: of {store.Count} examples none is a negative.");
        _learner = new Learner(task, options.Training, CPU, options.Seed, options.Scoring.Threads);
        _folder = new RoundFolder(mine.Folder, Shape(embeds, store, initialWeights), mine.Fresh);
        Directory.CreateDirectory(_folder.Work);
        _ranking = embeds ? new EmbeddedRanking(task, options, mine, store, _folder.Work) : new ScoredRanking(task, options, mine, store);
        _model = new ScoringReplica(task, CPU, options.Scoring.Threads);
        if (_folder.Learner() is { } learner)
        {
            using (learner)
                _learner.Restore(learner);
        }
        else if (initialWeights is not null)
        {
            Load(initialWeights, _learner.LoadWeights);
        }

        _warm = initialWeights is not null || _folder.State.Learner is not null;
        if (mine.Checker is { } path)
        {
            _checker = new ScoringReplica(task, CPU, options.Scoring.Threads);
            // The snapshot is not disposed of: the tensors are, by Load.
            Load(path, weights => _checker.Adopt(new ModelSnapshot(0, weights)));
        }
    }

    /// <summary>Rounds that are done, those of earlier runs among them.</summary>
    public IReadOnlyList<RoundReport> Done => _folder.State.Rounds;

    /// <summary>What a finished round has mined.</summary>
    public MinedSet Mined(int round) => new(_folder.MinedPath(round));

    /// <summary>Where the finished round's suspected positives are.</summary>
    public string SuspectsPath(int round) => _folder.SuspectsPath(round);

    /// <summary>The weights as they are; the caller's to dispose.</summary>
    public ModelSnapshot Model() => _learner.Current();

    /// <summary>The rounds that are left, one report after the other.</summary>
    /// <param name="progress">Told now and then; from any thread.</param>
    public IEnumerable<RoundReport> Run(Action<RoundProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        if (!_warm)
            Train(0, "warm up", _ranking.Batches(null, Generator(0, 1)), _mine.WarmupSteps, progress, cancellation);
        for (var round = Done.Count + 1; round <= _mine.Rounds; round++)
            yield return Round(round, progress, cancellation);
    }

    public void Dispose()
    {
        _learner.Dispose();
        _model.Dispose();
        _checker?.Dispose();
        if (Directory.Exists(_folder.Work))
            Directory.Delete(_folder.Work, recursive: true);
    }

    private RoundReport Round(int round, Action<RoundProgress> progress, CancellationToken cancellation)
    {
        _folder.Begin(round);
        var before = Measure();
        var start = _time.GetTimestamp();
        MiningCounts counts;
        using (var into = new MinedSetWriter(_folder.MinedPath(round)))
        using (var suspects = new SuspectsWriter(_folder.SuspectsPath(round), _store, _mine.SuspectsListed))
        {
            var done = 0L;
            counts = _ranking.Mine(_model, _checker, into, suspects, Generator(round, 0), n => progress(new RoundProgress(round, "rank", Interlocked.Add(ref done, n), _ranking.Work)), cancellation);
        }

        var mining = _time.GetElapsedTime(start).TotalSeconds;
        start = _time.GetTimestamp();
        using var mined = new MinedSet(_folder.MinedPath(round));
        double? fresh = null;
        if (round > 1 && mined.Negatives > 0)
        {
            using var earlier = new MinedSet(_folder.MinedPath(round - 1));
            fresh = 1 - ((double)mined.SharedWith(earlier) / mined.Negatives);
        }

        var batches = _ranking.Batches(mined, Generator(round, 1));
        var (steps, loss) = mined.Count == 0 ? (0, double.NaN) : Train(round, "train", batches, _mine.Steps ?? batches.StepsForAll, progress, cancellation);
        var training = _time.GetElapsedTime(start).TotalSeconds;
        var report = new RoundReport(round, counts, fresh, before, steps == 0 ? before : Measure(), steps, loss, mining, training);
        using var learner = _learner.Capture();
        _folder.End(report, learner);
        return report;
    }

    private (long Steps, double Loss) Train(int round, string stage, IRoundBatches batches, int steps, Action<RoundProgress> progress, CancellationToken cancellation)
    {
        var (applied, losses) = (0L, 0.0);
        using var rows = new RowBuffer();
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            batches.Next(rows);
            var outcome = _learner.Step(rows);
            if (outcome.Applied)
                (applied, losses) = (applied + 1, losses + outcome.MeanLoss);
            progress(new RoundProgress(round, stage, step + 1, steps));
        }

        return (applied, losses / applied);
    }

    private IReadOnlyDictionary<string, double> Measure()
    {
        using (var current = _learner.Current())
            _model.Adopt(current);
        return _test.Count == 0 ? new Dictionary<string, double>(StringComparer.Ordinal) : RowOutputs.Measure(_task, _model, _test);
    }

    // One for each purpose of each round: what a round draws does not depend on where the process began.
    private Xoshiro256StarStar Generator(int round, ulong purpose) => new Xoshiro256StarStar(_options.Seed).Fork(((ulong)round * 2) + purpose);

    private string Shape(bool embeds, ExampleStore store, string? weights) => string.Create(
        CultureInfo.InvariantCulture,
        $"{_task.Name} {(embeds ? "embedded" : "scored")}, network {System.IO.Hashing.XxHash3.HashToUInt64(System.Text.Encoding.UTF8.GetBytes(_learner.Signature)):x16}, {store.Count} examples {store.Fingerprint:x16}, seed {_options.Seed}, band {_mine.RangeMin} to {_mine.RangeMax} scoring {_mine.MinScore} to {_mine.MaxScore} under {_mine.AbsoluteMargin} and {_mine.RelativeMargin}, {_mine.Sampling}, {_mine.Negatives} for {_mine.Positives}, {_mine.HardSet}, steps {_mine.Steps} after {_mine.WarmupSteps}, weights {Path.GetFileName(weights)}, checker {Path.GetFileName(_mine.Checker)}");

    private static void Load(string path, Action<IReadOnlyDictionary<string, Tensor>> use)
    {
        var weights = SafetensorsFile.Read(path);
        try
        {
            use(weights);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
        finally
        {
            foreach (var tensor in weights.Values)
                tensor.Dispose();
        }
    }
}
