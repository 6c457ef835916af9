using System.Globalization;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Ranking;
using HnmStreams.Offline.Storage;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Offline.Rounds;

/// <summary>
/// The rounds of offline mining (Sung and Poggio's bootstrapping, 1994; ANCE, arXiv 2007.00808, for embeddings). Each round ranks all negatives
/// under the model, selects a band of them after the positive-aware filters and trains the model on it. A run that was
/// killed at any point resumes from the end of its last round and arrives at the same weights.
/// </summary>
/// <remarks>One owner. The search of a round uses its own threads. CPU only.</remarks>
public sealed class MiningRounds : IDisposable
{
    // The best value for retrieval in arXiv 2407.15831.
    private const float RelativeMargin = 0.05f;

    private readonly IMiningTask _task;
    private readonly PipelineOptions _options;
    private readonly MineOptions _mine;
    private readonly ExampleStore _store;
    private readonly RowBuffer _test;
    private readonly TimeProvider _time;
    private readonly RoundFolder _folder;
    private readonly INegativeRanking _ranking;
    private readonly Learner _learner;
    private readonly ScoringReplica _model;
    private readonly ScoringReplica? _checker;
    private readonly bool _isTrained;

    /// <param name="embeds">True if outputs are embeddings and labels are groups; false to rank rows by hardness.</param>
    /// <param name="store">The training examples, closed. The caller keeps ownership.</param>
    /// <param name="test">The test rows; may be empty. The caller keeps ownership.</param>
    /// <param name="initialWeights">A safetensors file of initial weights, or null.</param>
    /// <exception cref="InvalidOperationException">The folder holds rounds of another task, data set or settings, or there is nothing to mine.</exception>
    /// <exception cref="InvalidDataException">The weights do not fit the task's network, or the state is damaged.</exception>
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
            throw new InvalidOperationException($"At least one of the {store.Count} examples must be a negative, but none is.");
        _learner = new Learner(task, options.Training, CPU, options.Seed, options.Compute.Threads);
        _folder = new RoundFolder(mine.Folder, Fingerprint(embeds, initialWeights).ToString(), mine.Fresh);
        Directory.CreateDirectory(_folder.Work);
        _ranking = embeds ? new EmbeddingRanking(task, options, mine, store, _folder.Work) : new HardnessRanking(task, options, mine, store);
        _model = new ScoringReplica(task, CPU, options.Compute.Threads);
        if (_folder.Learner() is { } learner)
        {
            using (learner)
                _learner.Restore(learner);
        }
        else if (initialWeights is not null)
        {
            Load(initialWeights, _learner.LoadWeights);
        }

        _isTrained = initialWeights is not null || _folder.State.Learner is not null;
        if (mine.Checker is { } path)
        {
            _checker = new ScoringReplica(task, CPU, options.Compute.Threads);
            // Load disposes the tensors, so the snapshot is not disposed.
            Load(path, weights =>
            {
                FiniteWeights.Check(weights);
                _checker.Adopt(new ModelSnapshot(0, weights));
            });
        }
    }

    /// <summary>The finished rounds, including those of earlier runs.</summary>
    public IReadOnlyList<RoundReport> Done => _folder.State.Rounds;

    /// <summary>Opens the mined negatives of a finished round.</summary>
    public MinedSet Mined(int round) => new(_folder.MinedPath(round));

    /// <summary>Returns the path of a finished round's suspected positives.</summary>
    public string SuspectsPath(int round) => _folder.SuspectsPath(round);

    /// <summary>Returns the current weights, which the caller disposes.</summary>
    public ModelSnapshot Model() => _learner.Current();

    /// <summary>Runs the remaining rounds and returns one report per round.</summary>
    /// <param name="progress">Called from time to time, from any thread.</param>
    public IEnumerable<RoundReport> Run(Action<RoundProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        if (!_isTrained)
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
        double? newShare = null;
        if (round > 1 && mined.Negatives > 0)
        {
            using var earlier = new MinedSet(_folder.MinedPath(round - 1));
            newShare = 1 - ((double)mined.SharedWith(earlier) / mined.Negatives);
        }

        var batches = _ranking.Batches(mined, Generator(round, 1));
        var (steps, loss) = mined.Count == 0 ? (0, double.NaN) : Train(round, "train", batches, _mine.Steps ?? batches.StepsForAll, progress, cancellation);
        var training = _time.GetElapsedTime(start).TotalSeconds;
        var report = new RoundReport(round, counts, newShare, before, steps == 0 ? before : Measure(), steps, loss, mining, training);
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

    // One generator per round and purpose, so that the draws of a round do not depend on the round that the process started with.
    private Xoshiro256StarStar Generator(int round, ulong purpose) => new Xoshiro256StarStar(_options.Seed).Fork(((ulong)round * 2) + purpose);

    private RoundFingerprint Fingerprint(bool embeds, string? initialWeights) =>
        new(_task.Name, embeds, _learner.Signature, _store.Count, _store.Fingerprint, _options.Seed, _mine, initialWeights, FormatOf(_task));

    private static string FormatOf(IMiningTask task)
    {
        var format = task switch
        {
            { Teacher: { } teacher } => $"{task.RowFormat}; teacher {teacher.Identity}, hardness {teacher.MinHardness.ToString(CultureInfo.InvariantCulture)}",
            IGroupedTask { PairTeacher: { } teacher } => $"{task.RowFormat}; teacher {teacher.Identity}",
            _ => task.RowFormat,
        };
        return task.DistilledFrom is { } distilled ? $"{format}; distilled {distilled}" : format;
    }

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
