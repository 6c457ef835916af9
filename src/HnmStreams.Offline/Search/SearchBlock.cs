using System.Numerics.Tensors;
using HnmStreams.Mining.Selection;
using HnmStreams.Torch.LinearAlgebra;

namespace HnmStreams.Offline.Search;

/// <summary>The part of an exact search that one thread does: one block of queries against all candidates.</summary>
internal sealed class SearchBlock : IDisposable
{
    private readonly IVectorRows _queries;
    private readonly IVectorRows _candidates;
    private readonly ISearchRules _rules;
    private readonly BlockedMatrixProduct _tiles;
    private readonly StreamingTopK _top;
    private readonly List<float>[] _positiveScores;

    public SearchBlock(IVectorRows queries, IVectorRows candidates, ISearchRules rules, SearchOptions options, int rows)
    {
        (_queries, _candidates, _rules) = (queries, candidates, rules);
        // A multiple of 64, the number of scores that the scan processes at a time.
        var perProduct = Math.Max(64, options.CandidateBytes / (candidates.Width * sizeof(float)) / 64 * 64);
        _tiles = new BlockedMatrixProduct(rows, Math.Min(perProduct, Math.Max(candidates.Count, 1)), candidates.Width, options.QueriesInTile);
        _top = new StreamingTopK(rows, options.Top);
        _positiveScores = [.. Enumerable.Range(0, rows).Select(_ => new List<float>())];
    }

    public IReadOnlyList<SearchResult> Search(int first, Action<long>? pairs, CancellationToken cancellation)
    {
        var rows = Math.Min(_top.Queries, _queries.Count - first);
        _queries.Read(first, _tiles.Queries[..(rows * _tiles.Width)]);
        Begin(first, rows);
        for (var candidate = 0; candidate < _candidates.Count; candidate += _tiles.CandidateCount)
        {
            var count = Math.Min(_tiles.CandidateCount, _candidates.Count - candidate);
            _candidates.Read(candidate, _tiles.Candidates[..(count * _tiles.Width)]);
            for (var row = 0; row < rows; row += _tiles.Rows)
            {
                cancellation.ThrowIfCancellationRequested();
                Scan(first, row, Math.Min(_tiles.Rows, rows - row), candidate, count);
            }

            pairs?.Invoke((long)rows * count);
        }

        return Results(first, rows);
    }

    public void Dispose() => _tiles.Dispose();

    private void Scan(int first, int row, int rows, int candidate, int candidates)
    {
        var scores = _tiles.Multiply(row, rows, candidates);
        for (var i = 0; i < rows; i++)
            _top.Offer(row + i, scores.Slice(i * candidates, candidates), candidate, _rules.ExcludedOf(first + row + i));
    }

    private void Begin(int first, int rows)
    {
        var candidate = new float[_tiles.Width];
        for (var row = 0; row < rows; row++)
        {
            var scores = _positiveScores[row];
            scores.Clear();
            foreach (var positive in _rules.PositivesOf(first + row))
            {
                _candidates.Read(positive, candidate);
                scores.Add(TensorPrimitives.Dot(_tiles.Queries.Slice(row * _tiles.Width, _tiles.Width), candidate));
            }

            var (min, max) = _rules.BoundsOf(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(scores));
            _top.Begin(row, min, max);
        }
    }

    private SearchResult[] Results(int first, int rows)
    {
        var results = new SearchResult[rows];
        for (var row = 0; row < rows; row++)
        {
            var (candidates, scores) = (new List<int>(_top.Count), new List<float>(_top.Count));
            _top.CopyTo(row, candidates, scores);
            results[row] = new SearchResult(first + row, _rules.PositivesOf(first + row).ToArray(), _positiveScores[row].ToArray(), candidates, scores, _top.AboveMaximumCount(row), _top.BestAboveMaximum(row));
        }

        return results;
    }
}
