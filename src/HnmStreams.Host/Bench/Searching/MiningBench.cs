using System.Globalization;
using System.Numerics.Tensors;
using HnmStreams.Mining.Selection;
using HnmStreams.Offline.Search;
using HnmStreams.Torch.LinearAlgebra;

namespace HnmStreams.Host.Bench.Searching;

/// <summary>What <c>hnm bench mine</c> measures.</summary>
internal sealed record MiningBenchSettings(int Queries, int Candidates, int Width, int Top, double RelativeMargin, int Threads, int Rounds, ulong Seed);

/// <summary>
/// Exact offline mining against the bare matrix product: seeded random unit vectors, each query made from a candidate that
/// is its positive, at a similarity between 0.2 and 0.9, so that the margin bites for some. The candidates lie in a file.
/// </summary>
internal sealed class MiningBench(MiningBenchSettings settings, string folder, TextWriter output, TimeProvider time)
{
    private const int Checked = 32;

    public MiningBenchReport Run(CancellationToken cancellation)
    {
        var (queryPath, candidatePath) = (Path.Combine(folder, "queries.f32"), Path.Combine(folder, "candidates.f32"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{settings.Queries:N0} queries, {settings.Candidates:N0} candidates, width {settings.Width}, top {settings.Top} under {1 - settings.RelativeMargin:P0} of the positive's score, {settings.Threads} threads"));
        var positives = new UnitVectors(settings.Width, settings.Seed).Write(queryPath, candidatePath, settings.Queries, settings.Candidates);
        using var queries = new VectorFile(queryPath, settings.Width);
        using var candidates = new VectorFile(candidatePath, settings.Width);
        var rules = new OnePositive(positives, new PositiveAwareOptions { Percentage = (float)(1 - settings.RelativeMargin) });
        var options = new SearchOptions { Top = settings.Top, Threads = settings.Threads };
        var (rounds, sample) = (new List<MiningBenchRound>(), new List<Neighbours>());
        for (var round = 1; round <= settings.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (bare, bareOfProcessor) = Rates(() => Bare(options));
            sample.Clear();
            var (own, ownOfProcessor) = Rates(() =>
            {
                using var search = new ExactSearch(queries, candidates, rules, options);
                search.Run(found => sample.AddRange(found.Where(n => n.Query % (1 + (settings.Queries / Checked)) == 0)), pairs: null, cancellation);
            });
            rounds.Add(new MiningBenchRound(own, bare, ownOfProcessor, bareOfProcessor));
            output.WriteLine($"round {round}: {rounds[^1]}");
        }

        var peak = Environment.WorkingSet;
        using (var process = System.Diagnostics.Process.GetCurrentProcess())
            peak = Math.Max(peak, process.PeakWorkingSet64);
        var equal = sample.Count(n => Agrees(n, queries, candidates, rules));
        var report = MiningBenchReport.Of(settings, rounds, peak, sample.Count, equal);
        output.WriteLine(report.ToString());
        if (equal != sample.Count)
            throw new InvalidOperationException($"{sample.Count - equal} of {sample.Count} queries differ from a plain loop: the search is not exact.");
        return report;
    }

    // Queries a second, and what they would be if each thread had a core for itself all the time.
    private (double BySeconds, double ByProcessor) Rates(Action work)
    {
        var (start, processor) = (time.GetTimestamp(), Environment.CpuUsage.TotalTime);
        work();
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        return (settings.Queries / seconds, settings.Queries * settings.Threads / (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    // The product alone, by the same threads in the same tiles, every tile of it.
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

    // Sums in another order differ in their last digits, so that neighbours of all but equal scores may have changed places.
    private bool Agrees(Neighbours found, VectorFile queries, VectorFile candidates, OnePositive rules)
    {
        var query = new float[settings.Width];
        queries.Read(found.Query, query);
        var scores = new float[settings.Candidates];
        var block = new float[settings.Width * 1_000];
        for (var first = 0; first < scores.Length; first += 1_000)
        {
            var some = block.AsSpan(0, settings.Width * Math.Min(1_000, scores.Length - first));
            candidates.Read(first, some);
            for (var i = 0; i < some.Length / settings.Width; i++)
                scores[first + i] = TensorPrimitives.Dot<float>(some.Slice(i * settings.Width, settings.Width), query);
        }

        var positive = rules.PositivesOf(found.Query)[0];
        var (_, most) = rules.BoundsOf([scores[positive]]);
        var best = scores.Where((s, i) => i != positive && s <= most).OrderDescending().Take(settings.Top).ToArray();
        return best.Length == found.Scores.Count
            && best.Zip(found.Scores).All(p => Math.Abs(p.First - p.Second) < 1e-5f)
            && found.Candidates.Zip(found.Scores).All(p => Math.Abs(scores[p.First] - p.Second) < 1e-5f);
    }
}
