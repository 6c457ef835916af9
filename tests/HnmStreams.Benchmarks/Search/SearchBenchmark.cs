using System.Globalization;
using System.Numerics.Tensors;
using HnmStreams.Mining.Selection;
using HnmStreams.Offline.Search;
using HnmStreams.Torch.LinearAlgebra;

namespace HnmStreams.Benchmarks.Search;

/// <summary>The arguments of the search benchmark.</summary>
internal sealed record SearchSettings(int Queries, int Candidates, int Width, int Top, double RelativeMargin, int Threads, int Rounds, ulong Seed);

/// <summary>
/// A comparison of exact offline mining with the bare matrix product. The vectors are random unit vectors. Each query is
/// derived from one candidate, its positive, with a similarity between 0.2 and 0.9, so that the margin excludes some
/// candidates. The candidates are read from a file.
/// </summary>
internal sealed class SearchBenchmark(SearchSettings settings, string folder, TextWriter output, TimeProvider time)
{
    private const int CheckedQueries = 32;

    public SearchReport Run(CancellationToken cancellation)
    {
        var (queryPath, candidatePath) = (Path.Combine(folder, "queries.f32"), Path.Combine(folder, "candidates.f32"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{settings.Queries:N0} queries, {settings.Candidates:N0} candidates, width {settings.Width}, top {settings.Top} under {1 - settings.RelativeMargin:P0} of the positive's score, {settings.Threads} threads"));
        var positives = new UnitVectors(settings.Width, settings.Seed).Write(queryPath, candidatePath, settings.Queries, settings.Candidates);
        using var queries = new VectorFile(queryPath, settings.Width);
        using var candidates = new VectorFile(candidatePath, settings.Width);
        var rules = new OnePositive(positives, new PositiveAwareOptions { MaxShare = (float)(1 - settings.RelativeMargin) });
        var options = new SearchOptions { Top = settings.Top, Threads = settings.Threads };
        var (rounds, sample) = (new List<SearchRound>(), new List<SearchResult>());
        for (var round = 1; round <= settings.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (bare, bareByCpu) = Rates(() => Bare(options));
            sample.Clear();
            var (exact, exactByCpu) = Rates(() =>
            {
                using var search = new ExactSearch(queries, candidates, rules, options);
                search.Run(found => sample.AddRange(found.Where(n => n.Query % (1 + (settings.Queries / CheckedQueries)) == 0)), pairs: null, cancellation);
            });
            rounds.Add(new SearchRound(exact, bare, exactByCpu, bareByCpu));
            output.WriteLine($"round {round}: {rounds[^1]}");
        }

        var peak = Environment.WorkingSet;
        using (var process = System.Diagnostics.Process.GetCurrentProcess())
            peak = Math.Max(peak, process.PeakWorkingSet64);
        var equal = sample.Count(n => Agrees(n, queries, candidates, rules));
        var report = SearchReport.Of(settings, rounds, peak, sample.Count, equal);
        output.WriteLine(report.ToString());
        if (equal != sample.Count)
            throw new InvalidOperationException($"{sample.Count - equal} of {sample.Count} queries have results that differ from a plain loop. The search is not exact.");
        return report;
    }

    // Queries per second, by elapsed time and by CPU time (as if each thread had its own core).
    private (double ByElapsedTime, double ByCpuTime) Rates(Action work)
    {
        var (start, processor) = (time.GetTimestamp(), Environment.CpuUsage.TotalTime);
        work();
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        return (settings.Queries / seconds, settings.Queries * settings.Threads / (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    // The matrix product alone, with the same threads and the same tiles.
    private void Bare(SearchOptions options)
    {
        var inProduct = options.CandidateBytes / (settings.Width * sizeof(float));
        var share = (settings.Queries + settings.Threads - 1) / settings.Threads;
        var threads = Enumerable.Range(0, settings.Threads).Select(_ => new Thread(() =>
        {
            using var tiles = new BlockedMatrixProduct(options.QueriesInTile, inProduct, settings.Width, options.QueriesInTile);
            tiles.Queries.Fill(0.0625f);
            tiles.Candidates.Fill(0.0625f);
            for (var candidate = 0; candidate < settings.Candidates; candidate += inProduct)
            {
                for (var query = 0; query < share; query += options.QueriesInTile)
                    tiles.Multiply(0, Math.Min(options.QueriesInTile, share - query), Math.Min(inProduct, settings.Candidates - candidate));
            }
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
    }

    // The order of summation changes the last digits, so neighbors with nearly equal scores may be swapped.
    private bool Agrees(SearchResult found, VectorFile queries, VectorFile candidates, OnePositive rules)
    {
        var query = new float[settings.Width];
        queries.Read(found.Query, query);
        var scores = new float[settings.Candidates];
        var block = new float[settings.Width * 1_000];
        for (var first = 0; first < scores.Length; first += 1_000)
        {
            var vectors = block.AsSpan(0, settings.Width * Math.Min(1_000, scores.Length - first));
            candidates.Read(first, vectors);
            for (var i = 0; i < vectors.Length / settings.Width; i++)
                scores[first + i] = TensorPrimitives.Dot<float>(vectors.Slice(i * settings.Width, settings.Width), query);
        }

        var positive = rules.PositivesOf(found.Query)[0];
        var (_, max) = rules.BoundsOf([scores[positive]]);
        var best = scores.Where((s, i) => i != positive && s <= max).OrderDescending().Take(settings.Top).ToArray();
        return best.Length == found.Scores.Count
            && best.Zip(found.Scores).All(p => Math.Abs(p.First - p.Second) < 1e-5f)
            && found.Candidates.Zip(found.Scores).All(p => Math.Abs(scores[p.First] - p.Second) < 1e-5f);
    }
}
