using System.Numerics.Tensors;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Search;
using HnmStreams.Offline.Storage;
using HnmStreams.Pipeline;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Torch;
using HnmStreams.Torch.Replicas;

namespace HnmStreams.Offline.Ranking;

/// <summary>
/// A ranking by cosine similarity, for tasks that embed: for each anchor all candidates of other groups, by exact search. Embeddings
/// are stored in files of 4 x width bytes per example.
/// </summary>
internal sealed class EmbeddingRanking : INegativeRanking
{
    private readonly ILearningTask _task;
    private readonly PipelineOptions _options;
    private readonly MineOptions _mine;
    private readonly ExampleStore _store;
    private readonly GroupRules _rules;
    private readonly string _folder;
    private readonly PairRefutation? _pairs;

    /// <param name="folder">The folder for embedding files, which are deleted after each ranking.</param>
    /// <exception cref="InvalidOperationException">No anchor has a positive.</exception>
    public EmbeddingRanking(ILearningTask task, PipelineOptions options, MineOptions mine, ExampleStore store, string folder)
    {
        (_task, _options, _mine, _store, _folder) = (task, options, mine, store, folder);
        _rules = new GroupRules(store, mine, options.Seed);
        _pairs = task is IGroupedTask { PairTeacher: { } teacher } ? new PairRefutation(teacher, store) : null;
    }

    // The unit is one pair of anchor and candidate.
    public long Work => (long)_rules.Anchors.Length * _rules.Candidates.Length;

    private int BandEnd => _mine.RangeMax ?? _mine.RangeMin + Math.Max(30, _mine.Negatives);

    public MiningCounts Mine(ScoringReplica model, ScoringReplica? checker, MinedSetWriter into, SuspectsWriter suspects, Xoshiro256StarStar generator, Action<long> done, CancellationToken cancellation)
    {
        using var own = new Embeddings(this, model, "model", cancellation);
        using var second = checker is null ? null : new Embeddings(this, checker, "checker", cancellation);
        var search = new SearchOptions { Top = BandEnd, Threads = _options.Compute.Threads };
        var totals = new Totals();
        using (var exact = new ExactSearch(own.Anchors, own.Candidates, _rules, search))
        {
            exact.Run(
                found => Select(found, second, into, suspects, generator, totals, cancellation),
                done,
                cancellation);
        }

        return totals.Counts(Work);
    }

    public IRoundBatches Batches(MinedSet? mined, Xoshiro256StarStar generator) => new GroupedBatches(_store, _rules, _mine.AnchorsPerStep, mined, generator);

    private void Select(IReadOnlyList<SearchResult> found, Embeddings? second, MinedSetWriter into, SuspectsWriter suspects, Xoshiro256StarStar generator, Totals totals, CancellationToken cancellation)
    {
        var ranked = found.Select(result => (_rules.Anchors[result.Query], Ranked(result, second, suspects, totals))).ToList();
        var before = ranked.Sum(static anchor => (long)anchor.Item2.Count);
        var selected = _pairs?.Select(ranked, SelectBand, suspects, cancellation) ?? [.. ranked.Select(anchor => SelectBand(anchor.Item2))];
        totals.Refuted += before - ranked.Sum(static anchor => (long)anchor.Item2.Count);
        for (var i = 0; i < found.Count; i++)
        {
            totals.Add(found[i], selected[i]);
            if (selected[i].Count > 0)
                into.Write(new MinedAnchor(_rules.Anchors[found[i].Query], [.. found[i].Positives.Zip(found[i].PositiveScores, (p, s) => new ScoredRow(_rules.Candidates[p], s))], selected[i]));
        }

        List<ScoredRow> SelectBand(List<ScoredRow> rows) => RankBand.Select(rows, _mine.RangeMin, BandEnd, _mine.Negatives, _mine.Sampling, generator);
    }

    // The candidates that pass the filters, by their store numbers.
    private List<ScoredRow> Ranked(SearchResult found, Embeddings? second, SuspectsWriter suspects, Totals totals)
    {
        var bound = _rules.BoundsOf(found.PositiveScores.ToArray()).Max;
        if (found.HighestAboveBound is { } suspect)
            suspects.Write(_rules.Anchors[found.Query], new ScoredRow(_rules.Candidates[suspect.Candidate], suspect.Score), bound);
        var ranked = found.Candidates.Zip(found.Scores, (c, s) => new ScoredRow(c, s)).ToList();
        totals.Suspected += found.AboveBound;
        totals.Refuted += second?.Refute(found.Query, _rules, ranked) ?? 0;
        return ranked.ConvertAll(row => row with { Row = _rules.Candidates[row.Row] });
    }

    /// <summary>The unit-length embeddings of one model, in files.</summary>
    private sealed class Embeddings : IDisposable
    {
        private readonly VectorFile _candidates;
        private readonly VectorFile? _anchors;
        private readonly string[] _paths;

        public Embeddings(EmbeddingRanking of, ScoringReplica model, string name, CancellationToken cancellation)
        {
            _paths = [Path.Combine(of._folder, $"{name}-candidates.f32"), Path.Combine(of._folder, $"{name}-anchors.f32")];
            Write(of, model, of._rules.Candidates, _paths[0], cancellation);
            _candidates = new VectorFile(_paths[0], of._task.OutputWidth);
            if (of._rules.IsOneSided && of._rules.Anchors.Length == of._rules.Candidates.Length)
                return;
            Write(of, model, of._rules.Anchors, _paths[1], cancellation);
            _anchors = new VectorFile(_paths[1], of._task.OutputWidth);
        }

        public VectorFile Anchors => _anchors ?? _candidates;

        public VectorFile Candidates => _candidates;

        /// <summary>Removes the candidates that this model scores above its own bound.</summary>
        public int Refute(int query, GroupRules rules, List<ScoredRow> ranked)
        {
            var (anchor, other) = (new float[_candidates.Width], new float[_candidates.Width]);
            Anchors.Read(query, anchor);
            var positives = rules.PositivesOf(query).ToArray().Select(Score).ToArray();
            var max = rules.BoundsOf(positives).Max;
            return ranked.RemoveAll(r => !(Score(r.Row) <= max));

            float Score(int candidate)
            {
                _candidates.Read(candidate, other);
                return TensorPrimitives.Dot<float>(anchor, other);
            }
        }

        public void Dispose()
        {
            _candidates.Dispose();
            _anchors?.Dispose();
            foreach (var path in _paths)
                File.Delete(path);
        }

        private static void Write(EmbeddingRanking of, ScoringReplica model, int[] numbers, string path, CancellationToken cancellation)
        {
            var width = of._task.OutputWidth;
            using var file = new VectorFileWriter(path);
            using var rows = new RowBuffer();
            foreach (var part in numbers.Chunk(256))
            {
                cancellation.ThrowIfCancellationRequested();
                rows.Clear();
                foreach (var number in part)
                    of._store.Read(number, rows);
                var (outputs, hardness) = (new float[part.Length * width], new float[part.Length]);
                model.Score(rows, [.. Enumerable.Range(0, part.Length)], outputs, hardness);
                for (var i = 0; i < part.Length; i++)
                {
                    var one = outputs.AsSpan(i * width, width);
                    TensorPrimitives.Divide(one, Math.Max(float.Epsilon, TensorPrimitives.Norm<float>(one)), one);
                }

                file.Write(outputs);
            }
        }
    }

    private sealed class Totals
    {
        private long _anchors, _mined, _positives;
        private double _score, _positiveScore;

        public long Suspected { get; set; }

        public long Refuted { get; set; }

        public void Add(SearchResult found, List<ScoredRow> selected)
        {
            _anchors += selected.Count > 0 ? 1 : 0;
            _mined += selected.Count;
            _score += selected.Sum(t => (double)t.Score);
            _positives += found.PositiveScores.Count;
            _positiveScore += found.PositiveScores.Sum(s => (double)s);
        }

        public MiningCounts Counts(long ranked) => new(ranked, Suspected, Refuted, _anchors, _mined, _score / _mined, _positiveScore / _positives);
    }
}
