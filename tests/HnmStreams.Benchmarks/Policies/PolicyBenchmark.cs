using System.Globalization;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Synthetic;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Retention;
using HnmStreams.Mining.Sampling;
using HnmStreams.Tasks;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Benchmarks.Policies;

/// <summary>
/// A comparison of the pools of the retention policies on the same stream. One model learns online from the synthetic images,
/// and every policy receives the same scored negatives. One positive in ten is labeled negative, to simulate label noise.
/// </summary>
internal sealed class PolicyBenchmark(int examples, ulong seed, TextWriter output)
{
    private const int Batch = 512;
    private const int Step = 32;
    private const int PoolSize = 1_000;
    private const int MislabelingPeriod = 10;

    private readonly IMiningTask _task = BenchmarkModel.Convolutional.Task;
    private readonly Xoshiro256StarStar _generator = new(seed);

    // The true kind of each example, by index in the stream.
    private readonly List<SyntheticKind> _kinds = [];

    public IReadOnlyList<PolicyShare> Run(CancellationToken cancellation)
    {
        var stream = new SyntheticStream(new SyntheticOptions { Seed = seed });
        var random = new Reservoir<long, int>(PoolSize, _generator.Fork(1));
        var pools = Policies().ToDictionary(p => p.Name, p => p.Pool, StringComparer.Ordinal);
        var positives = new List<byte[]>();
        using var learner = new Learner(_task, new TrainingOptions(), CPU, seed, Environment.ProcessorCount);
        using var replica = new ScoringReplica(_task, CPU, Environment.ProcessorCount);
        using var rows = new RowBuffer(Batch, Batch * 1024);
        using var step = new RowBuffer(Step, Step * 1024);
        var (outputs, hardness) = (new float[Batch * _task.OutputWidth], new float[Batch]);
        int[] indices = [.. Enumerable.Range(0, Batch)];
        for (var batch = 0; batch < examples / Batch; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            Fill(rows, stream);
            using (var snapshot = learner.Publish())
                replica.Adopt(snapshot);
            replica.Score(rows, indices, outputs, hardness);
            for (var i = 0; i < Batch; i++)
            {
                if (rows.Labels[i] == 1)
                    positives.Add(rows.Payload(i).ToArray());
                else
                    Offer(pools.Values, random, (batch * Batch) + i, hardness[i], batch);
            }

            if (positives.Count == 0)
                continue;
            Compose(step, rows, hardness, positives);
            learner.Step(step);
        }

        var drawn = new List<KeyValuePair<long, int>>();
        random.Draw(random.Count, _generator, drawn);
        var versions = examples / Batch;
        List<PolicyShare> shares = [ShareOf("random (reservoir)", [.. drawn.Select(d => (d.Value, versions - 1 - (d.Value / (long)Batch)))])];
        foreach (var (name, pool) in pools)
        {
            var items = new List<PoolItem<long, int>>();
            pool.Pool.CopyHardest(PoolSize, items);
            shares.Add(ShareOf(name, [.. items.Select(i => (i.Payload, versions - 1 - i.Version))]));
        }

        foreach (var share in shares)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share.Policy,-34} {share.Count,5} kept: easy {share.Easy,6:P1}  look-alike {share.LookAlike,6:P1}  wrong label {share.WrongLabel,6:P1}  mean age {share.MeanAge:F0} versions"));
        return shares;
    }

    private static IEnumerable<(string Name, FilteredPool<long, int> Pool)> Policies()
    {
        var unfiltered = new RetentionOptions();
        yield return ("hardest", Of(new PoolOptions(), unfiltered));
        yield return ("hardest, at most 50 versions", Of(new PoolOptions { MaxAge = 50 }, unfiltered));
        yield return ("hardest, half-life 20 versions", Of(new PoolOptions { HalfLife = 20 }, unfiltered));
        yield return ("band, hardest 0.5 % excluded", Of(new PoolOptions(), new RetentionOptions { Band = { HardestPercentile = 0.995 } }));
        yield return ("band and half-life", Of(new PoolOptions { HalfLife = 20 }, new RetentionOptions { Band = { HardestPercentile = 0.995 } }));

        static FilteredPool<long, int> Of(PoolOptions pool, RetentionOptions retention)
        {
            pool.Count = PoolSize;
            if (pool.MaxAge == new PoolOptions().MaxAge)
                pool.MaxAge = 0;
            return new(pool, retention, new UniformSampler());
        }
    }

    private static void Offer(IEnumerable<FilteredPool<long, int>> pools, Reservoir<long, int> random, int index, float hardness, long version)
    {
        if (random.TryReserve(out var slot))
            random.Put(slot, index, index);
        foreach (var pool in pools)
        {
            pool.Observe(hardness);
            pool.Offer(new(index, 0), hardness, version, 1, index);
            pool.Pool.Expire(version);
        }
    }

    private void Fill(RowBuffer rows, SyntheticStream stream)
    {
        rows.Clear();
        while (rows.Count < Batch)
        {
            var next = stream.Next();
            _kinds.Add(next.Kind);
            var mislabeled = next.Kind == SyntheticKind.Positive && _generator.NextInt32(MislabelingPeriod) == 0;
            var example = mislabeled ? next.Example with { Target = new Data.Examples.Target.ClassIndex(0) } : next.Example;
            if (_task.Encode(example, rows) is { } rejection)
                throw new InvalidOperationException($"The task rejected the benchmark's example '{example.Id}': {rejection.Detail}");
        }
    }

    // A quarter of the step is positives. The rest is half hard and half random negatives of the batch.
    private void Compose(RowBuffer step, RowBuffer rows, float[] hardness, List<byte[]> positives)
    {
        step.Clear();
        for (var i = 0; i < Step / 4; i++)
            step.Add(positives[_generator.NextInt32(positives.Count)], 1, 1);
        var hard = new List<int>();
        var negatives = new float[Batch];
        for (var i = 0; i < Batch; i++)
            negatives[i] = rows.Labels[i] == 1 ? float.NaN : hardness[i];
        Mining.Selection.OnlineHardExampleMining.Select(negatives, Step * 3 / 8, hard);
        foreach (var row in hard)
            step.Add(rows.Payload(row), 0, 1);
        while (step.Count < Step)
        {
            var row = _generator.NextInt32(Batch);
            if (rows.Labels[row] == 0)
                step.Add(rows.Payload(row), 0, 1);
        }
    }

    private PolicyShare ShareOf(string policy, IReadOnlyList<(int Index, long Age)> kept) => new(
        policy,
        kept.Count,
        kept.Count(k => _kinds[k.Index] == SyntheticKind.EasyNegative) / (double)kept.Count,
        kept.Count(k => _kinds[k.Index] == SyntheticKind.LookAlike) / (double)kept.Count,
        kept.Count(k => _kinds[k.Index] == SyntheticKind.Positive) / (double)kept.Count,
        kept.Average(k => k.Age));
}
