using System.Globalization;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Benchmarks.Pools;

/// <summary>
/// A comparison of the pool with other data structures, in alternation on one thread: a C++ indexed heap, the
/// framework's priority queue, and its sorted set combined with a dictionary.
/// </summary>
internal sealed class PoolBenchmark(int rounds, ulong seed, string? reference, TextWriter output, TimeProvider time)
{
    private const int Million = 1_000_000;

    public PoolReport Run(CancellationToken cancellation)
    {
        using var cpp = CppReference.TryCompile(reference, out var reason);
        if (cpp is null)
            output.WriteLine($"The C++ reference is skipped: {reason}.");
        var cases = PoolCase.All(seed).ToList();
        // Rates by case, contender and round.
        var rates = cases.ToDictionary(c => c.Name, _ => new Dictionary<string, List<double>>(StringComparer.Ordinal), StringComparer.Ordinal);
        for (var round = 0; round <= rounds; round++)
        {
            // The first round is a warm-up: code is compiled and memory is mapped.
            output.WriteLine(round == 0 ? "warming up" : $"round {round} of {rounds}");
            foreach (var offers in cases)
            {
                foreach (var contender in PoolContender.All.Where(c => c.Supports(offers.Kind)))
                {
                    cancellation.ThrowIfCancellationRequested();
                    Record(rates[offers.Name], contender.Name, Rate(contender, offers), round);
                }
            }

            foreach (var (name, rate) in cpp?.Measure() ?? [])
                Record(rates[name], "reference", rate, round);
        }

        var cells = cases.Select(c => CellOf(c.Name, rates[c.Name])).ToList();
        foreach (var cell in cells)
            output.WriteLine(TextOf(cell));
        var report = new PoolReport(cells, cpp is null ? reason : null, BytesPerRefusedOffer(), Generation2Collections(), MillionTreeDrawsPerSecond(), MillionDrawsPerSecond(), SnapshotMilliseconds());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"refused offer: {report.BytesPerRefusedOffer:F3} bytes; 10 million offers to a pool of a million: {report.Generation2Collections} generation 2 collections"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"proportional draws from a million: {report.MillionTreeDrawsPerSecond:F1} M/s with the sum tree alone, {report.MillionDrawsPerSecond:F1} M/s with a pool; snapshot of a million: {report.SnapshotMilliseconds:F1} ms"));
        return report;
    }

    private double Rate(PoolContender contender, PoolCase offers)
    {
        var count = (int)(offers.Hardness.Length * contender.Share);
        var start = time.GetTimestamp();
        var accepted = contender.Run(offers, count);
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        return accepted > 0 ? count / seconds / Million : throw new InvalidOperationException($"'{contender.Name}' accepted no offer of '{offers.Name}'.");
    }

    private static void Record(Dictionary<string, List<double>> rates, string contender, double rate, int round)
    {
        if (round == 0)
            return;
        if (!rates.TryGetValue(contender, out var list))
            rates[contender] = list = [];
        list.Add(rate);
    }

    // Ratios are computed per round, because adjacent measurements share the load of the machine.
    private static PoolCell CellOf(string name, Dictionary<string, List<double>> rates)
    {
        rates.TryGetValue("reference", out var reference);
        return new PoolCell(name, rates.ToDictionary(r => r.Key, r => Median(r.Value), StringComparer.Ordinal), RatioOf("pool"), RatioOf("pool, screened"));

        double? RatioOf(string contender) =>
            reference is not null && rates.TryGetValue(contender, out var rate) ? Median([.. rate.Zip(reference, (a, b) => a / b)]) : null;
    }

    private static string TextOf(PoolCell cell)
    {
        var rates = string.Join("  ", cell.MillionsPerSecond.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key} {r.Value:F1} M/s")));
        var ratio = cell.Ratio is { } value ? string.Create(CultureInfo.InvariantCulture, $"  ratio {value:F2}") : "";
        var screened = cell.ScreenedRatio is { } screenedValue ? string.Create(CultureInfo.InvariantCulture, $", screened {screenedValue:F2}") : "";
        return $"{cell.Case,-16} {rates}{ratio}{screened}";
    }

    private double BytesPerRefusedOffer()
    {
        var pool = Filled(new HardestFirstSampler());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var key = 0; key < Million; key++)
            pool.Offer(new(-1 - key, 0), -1, 0, 1, 0);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Million;
    }

    private int Generation2Collections()
    {
        var generator = new Xoshiro256StarStar(seed);
        var pool = PoolContender.Empty(Million);
        var before = GC.CollectionCount(2);
        for (var key = 0; key < 10 * Million; key++)
            pool.Offer(new(key, 0), (float)generator.NextDouble(), 0, 1, 0);
        return GC.CollectionCount(2) - before;
    }

    private double MillionTreeDrawsPerSecond()
    {
        var generator = new Xoshiro256StarStar(seed);
        var tree = new SumTree();
        for (var slot = 0; slot < Million; slot++)
            tree[slot] = generator.NextDouble();
        var (points, slots) = (new double[64], new int[64]);
        var start = time.GetTimestamp();
        const int Batches = 200_000;
        for (var batch = 0; batch < Batches; batch++)
        {
            for (var i = 0; i < points.Length; i++)
                points[i] = generator.NextDouble() * tree.Total;
            tree.FindAll(points, slots);
        }

        return Batches * (double)points.Length / time.GetElapsedTime(start).TotalSeconds / Million;
    }

    private double MillionDrawsPerSecond()
    {
        const int Draws = 4_096;
        var sampler = new ProportionalSampler(new ProportionalOptions { WithReplacement = true });
        var pool = Filled(sampler);
        var drawn = new List<Draw>(Draws);
        var generator = new Xoshiro256StarStar(seed);
        var view = pool.AsSlots(0);
        var start = time.GetTimestamp();
        var total = 0L;
        for (var batch = 0; batch < 1_000; batch++)
        {
            drawn.Clear();
            sampler.Draw(Draws, view, generator, drawn);
            total += drawn.Count;
        }

        return total / time.GetElapsedTime(start).TotalSeconds / Million;
    }

    private double SnapshotMilliseconds()
    {
        var pool = Filled(new HardestFirstSampler());
        var times = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            var start = time.GetTimestamp();
            using var snapshot = pool.Snapshot();
            times.Add(time.GetElapsedTime(start).TotalMilliseconds);
        }

        return Median(times);
    }

    private HardPool<long, int> Filled(ISampler sampler)
    {
        var generator = new Xoshiro256StarStar(seed);
        var pool = PoolContender.Empty(Million, sampler);
        for (var key = 0; key < Million; key++)
            pool.Offer(new(key, 0), (float)generator.NextDouble(), 0, 1, 0);
        return pool;
    }

    private static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
