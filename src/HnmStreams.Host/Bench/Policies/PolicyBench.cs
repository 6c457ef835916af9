using System.Globalization;
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

namespace HnmStreams.Host.Bench.Policies;

/// <summary>
/// What each retention policy keeps of one and the same stream: one model learns online from the synthetic images, and
/// every policy is offered the same scored negatives. One positive in ten is labelled negative, as happens in life.
/// </summary>
internal sealed class PolicyBench(int examples, ulong seed, TextWriter output)
{
    private const int Batch = 512;
    private const int Step = 32;
    private const int Kept = 1_000;
    private const int MislabelledOneIn = 10;

    private readonly IMiningTask _task = BenchModel.Convolutional.Task;
    private readonly Xoshiro256StarStar _generator = new(seed);

    // By index in the stream: what it really is.
    private readonly List<SyntheticKind> _kinds = [];

    public IReadOnlyList<PolicyShare> Run(CancellationToken cancellation)
    {
        var stream = new SyntheticStream(new SyntheticOptions { Seed = seed });
        var random = new Reservoir<long, int>(Kept, _generator.Fork(1));
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
            pool.Pool.CopyHardest(Kept, items);
            shares.Add(ShareOf(name, [.. items.Select(i => (i.Payload, versions - 1 - i.Version))]));
        }

        foreach (var share in shares)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share.Policy,-34} {share.Count,5} kept: easy {share.Easy,6:P1}  look-alike {share.LookAlike,6:P1}  wrong label {share.WrongLabel,6:P1}  mean age {share.MeanAge:F0} versions"));
        return shares;
    }

    private static IEnumerable<(string Name, FilteredPool<long, int> Pool)> Policies()
    {
        var nothing = new RetentionOptions();
        yield return ("hardest", Of(new PoolOptions(), nothing));
        yield return ("hardest, 50 versions at most", Of(new PoolOptions { MaximumAge = 50 }, nothing));
        yield return ("hardest, half-life 20 versions", Of(new PoolOptions { HalfLife = 20 }, nothing));
        yield return ("band, hardest 0.5 % left out", Of(new PoolOptions(), new RetentionOptions { Band = { HardestPercentile = 0.995 } }));
        yield return ("band and half-life", Of(new PoolOptions { HalfLife = 20 }, new RetentionOptions { Band = { HardestPercentile = 0.995 } }));

        static FilteredPool<long, int> Of(PoolOptions pool, RetentionOptions guards)
        {
            pool.Count = Kept;
            if (pool.MaximumAge == new PoolOptions().MaximumAge)
                pool.MaximumAge = 0;
            return new(pool, guards, new UniformSampler());
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
            var mislabelled = next.Kind == SyntheticKind.Positive && _generator.NextInt32(MislabelledOneIn) == 0;
            var example = mislabelled ? next.Example with { Target = new Data.Examples.Target.ClassIndex(0) } : next.Example;
            if (_task.Encode(example, rows) is { } refusal)
                throw new InvalidOperationException($"The benchmark's own example {example.Id} was refused: {refusal.Detail}");
        }
    }

    // A quarter positives, the rest half hard and half random negatives of the batch.
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
