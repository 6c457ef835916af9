using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Selection;
using HnmStreams.Offline.Search;

namespace HnmStreams.Offline.Tests.Search;

public sealed class ExactSearchTests
{
    private const int Width = 12;

    // Whole numbers: sums in any order are the same, so that results must be, too.
    private static readonly MemoryRows Queries = Rows(101, 1), Candidates = Rows(777, 2);

    [Theory]
    [InlineData(1, 1_000, 256, 1 << 20)]
    [InlineData(2, 7, 3, 4_096)]
    [InlineData(3, 50, 50, 4_096)]
    public void However_it_is_cut_it_finds_what_sorting_all_products_gives(int threads, int block, int tile, int bytes)
    {
        var rules = new EveryThird(new PositiveAwareOptions { Percentage = 0.9f });
        var found = Search(Queries, Candidates, rules, new SearchOptions { Top = 9, Threads = threads, QueriesInBlock = block, QueriesInTile = tile, CandidateBytes = bytes }, out var pairs);
        Assert.Equal(Enumerable.Range(0, Queries.Count), found.Select(n => n.Query));
        Assert.Equal((long)Queries.Count * Candidates.Count, pairs);
        foreach (var neighbours in found)
        {
            var scores = Enumerable.Range(0, Candidates.Count).Select(c => Dot(neighbours.Query, c)).ToArray();
            var positives = rules.PositivesOf(neighbours.Query).ToArray();
            Assert.Equal(positives.Select(p => scores[p]), neighbours.PositiveScores);
            var (_, most) = rules.BoundsOf(positives.Select(p => scores[p]).ToArray());
            var others = Enumerable.Range(0, scores.Length).Except(positives).ToArray();
            var expected = others.Where(c => scores[c] <= most).OrderByDescending(c => scores[c]).ThenBy(c => c).Take(9).ToArray();
            Assert.Equal(expected, neighbours.Candidates);
            Assert.Equal(expected.Select(c => scores[c]), neighbours.Scores);
            Assert.Equal(others.Count(c => scores[c] > most), neighbours.TooLike);
        }
    }

    [Fact]
    public void Rows_in_a_file_are_found_like_those_in_memory()
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
            var (options, rules) = (new SearchOptions { Top = 3, Threads = 2 }, new EveryThird(new PositiveAwareOptions()));
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
    public void A_failure_of_one_thread_ends_the_search_and_is_told()
    {
        using var search = new ExactSearch(Queries, Candidates, new EveryThird(new PositiveAwareOptions()), new SearchOptions { Threads = 2, QueriesInBlock = 5 });
        var e = Assert.Throws<AggregateException>(() => search.Run(_ => throw new InvalidOperationException("no room"), pairs: null, CancellationToken.None));
        Assert.Contains(e.InnerExceptions, i => i.Message == "no room");
    }

    [Fact]
    public void A_search_that_is_called_off_ends()
    {
        using var stop = new CancellationTokenSource();
        using var search = new ExactSearch(Queries, Candidates, new EveryThird(new PositiveAwareOptions()), new SearchOptions { Threads = 2, QueriesInBlock = 5 });
        Assert.Throws<OperationCanceledException>(() => search.Run(_ => stop.Cancel(), pairs: null, stop.Token));
    }

    [Fact]
    public void Rows_of_two_widths_are_refused()
    {
        using var search = new ExactSearch(Queries, new MemoryRows(new float[8], 4), new EveryThird(new PositiveAwareOptions()), new SearchOptions());
        Assert.Throws<InvalidOperationException>(() => search.Run(_ => { }, pairs: null, CancellationToken.None));
        Assert.Throws<ArgumentException>(() => new MemoryRows(new float[7], 4));
    }

    private static List<Neighbours> Search(IVectorRows queries, IVectorRows candidates, ISearchRules rules, SearchOptions options, out long pairs)
    {
        var (found, compared) = (new List<Neighbours>(), 0L);
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

    /// <summary>Of 700 candidates each query has one or two as positives; every third has none.</summary>
    private sealed class EveryThird(PositiveAwareOptions filter) : ISearchRules
    {
        private readonly int[][] _positives = [.. Enumerable.Range(0, 101).Select(q => q % 3 == 0 ? [] : q % 3 == 1 ? [q * 7] : new[] { q, q * 6 })];

        public ReadOnlySpan<int> PositivesOf(int query) => _positives[query];

        public ReadOnlySpan<int> ExcludedOf(int query) => _positives[query];

        public (float Least, float Most) BoundsOf(ReadOnlySpan<float> positives) => (float.NegativeInfinity, PositiveAwareFilter.Bound(positives, filter));
    }
}
