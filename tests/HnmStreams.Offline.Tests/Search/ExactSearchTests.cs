using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Selection;
using HnmStreams.Offline.Search;

namespace HnmStreams.Offline.Tests.Search;

public sealed class ExactSearchTests
{
    private const int Width = 12;

    // Integers, so that sums do not depend on the order of the additions.
    private static readonly MemoryRows Queries = Rows(101, 1), Candidates = Rows(777, 2);

    [Theory]
    [InlineData(1, 1_000, 256, 1 << 20)]
    [InlineData(2, 7, 3, 4_096)]
    [InlineData(3, 50, 50, 4_096)]
    public void Equals_sorting_all_products_for_any_block_size(int threads, int block, int tile, int bytes)
    {
        var rules = new TestRules(new PositiveAwareOptions { MaxShare = 0.9f });
        var found = Search(Queries, Candidates, rules, new SearchOptions { Top = 9, Threads = threads, QueriesInBlock = block, QueriesInTile = tile, CandidateBytes = bytes }, out var pairs);
        Assert.Equal(Enumerable.Range(0, Queries.Count), found.Select(n => n.Query));
        Assert.Equal((long)Queries.Count * Candidates.Count, pairs);
        foreach (var result in found)
        {
            var scores = Enumerable.Range(0, Candidates.Count).Select(c => Dot(result.Query, c)).ToArray();
            var positives = rules.PositivesOf(result.Query).ToArray();
            Assert.Equal(positives.Select(p => scores[p]), result.PositiveScores);
            var (_, max) = rules.BoundsOf(positives.Select(p => scores[p]).ToArray());
            var others = Enumerable.Range(0, scores.Length).Except(positives).ToArray();
            var expected = others.Where(c => scores[c] <= max).OrderByDescending(c => scores[c]).ThenBy(c => c).Take(9).ToArray();
            Assert.Equal(expected, result.Candidates);
            Assert.Equal(expected.Select(c => scores[c]), result.Scores);
            Assert.Equal(others.Count(c => scores[c] > max), result.AboveBound);
        }
    }

    [Fact]
    public void Returns_the_same_results_from_a_file_as_from_memory()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("hnm-rows-").FullName, "rows.f32");
        try
        {
            var all = new float[Candidates.Count * Width];
            Candidates.Read(0, all);
            using (var writer = new VectorFileWriter(path))
            {
                writer.Write(all.AsSpan(0, 10 * Width));
                writer.Write(all.AsSpan(10 * Width));
            }

            using var file = new VectorFile(path, Width);
            var (options, rules) = (new SearchOptions { Top = 3, Threads = 2 }, new TestRules(new PositiveAwareOptions()));
            Assert.Equal(
                Search(Queries, Candidates, rules, options, out _).Select(n => string.Join(' ', n.Candidates)),
                Search(Queries, file, rules, options, out _).Select(n => string.Join(' ', n.Candidates)));
            Assert.Throws<InvalidDataException>(() => new VectorFile(path, Width + 1).Dispose());
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Rethrows_the_exception_of_a_thread_and_ends_the_search()
    {
        using var search = new ExactSearch(Queries, Candidates, new TestRules(new PositiveAwareOptions()), new SearchOptions { Threads = 2, QueriesInBlock = 5 });
        var e = Assert.Throws<AggregateException>(() => search.Run(_ => throw new InvalidOperationException("no room"), pairs: null, CancellationToken.None));
        Assert.Contains(e.InnerExceptions, i => i.Message == "no room");
    }

    [Fact]
    public void Ends_when_it_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        using var search = new ExactSearch(Queries, Candidates, new TestRules(new PositiveAwareOptions()), new SearchOptions { Threads = 2, QueriesInBlock = 5 });
        Assert.Throws<OperationCanceledException>(() => search.Run(_ => stop.Cancel(), pairs: null, stop.Token));
    }

    [Fact]
    public void Rejects_rows_of_different_widths()
    {
        using var search = new ExactSearch(Queries, new MemoryRows(new float[8], 4), new TestRules(new PositiveAwareOptions()), new SearchOptions());
        Assert.Throws<InvalidOperationException>(() => search.Run(_ => { }, pairs: null, CancellationToken.None));
        Assert.Throws<ArgumentException>(() => new MemoryRows(new float[7], 4));
    }

    private static List<SearchResult> Search(IVectorRows queries, IVectorRows candidates, ISearchRules rules, SearchOptions options, out long pairs)
    {
        var (found, compared) = (new List<SearchResult>(), 0L);
        using var search = new ExactSearch(queries, candidates, rules, options);
        search.Run(found.AddRange, n => Interlocked.Add(ref compared, n), TestContext.Current.CancellationToken);
        pairs = compared;
        return found;
    }

    private static float Dot(int query, int candidate)
    {
        var (a, b) = (new float[Width], new float[Width]);
        Queries.Read(query, a);
        Candidates.Read(candidate, b);
        return a.Zip(b, (x, y) => x * y).Sum();
    }

    private static MemoryRows Rows(int count, ulong seed)
    {
        var generator = new Xoshiro256StarStar(seed);
        return new MemoryRows([.. Enumerable.Range(0, count * Width).Select(_ => (float)(generator.NextInt32(9) - 4))], Width);
    }

    /// <summary>Rules that give each query one or two positives, except every third query, which has none.</summary>
    private sealed class TestRules(PositiveAwareOptions filter) : ISearchRules
    {
        private readonly int[][] _positives = [.. Enumerable.Range(0, 101).Select(q => q % 3 == 0 ? [] : q % 3 == 1 ? [q * 7] : new[] { q, q * 6 })];

        public ReadOnlySpan<int> PositivesOf(int query) => _positives[query];

        public ReadOnlySpan<int> ExcludedOf(int query) => _positives[query];

        public (float Min, float Max) BoundsOf(ReadOnlySpan<float> positives) => (float.NegativeInfinity, PositiveAwareFilter.Bound(positives, filter));
    }
}
