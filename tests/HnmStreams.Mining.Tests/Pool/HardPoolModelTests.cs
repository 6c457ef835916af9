using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Tests.Pool;

/// <summary>Compares a million random operations with a naive model.</summary>
public sealed class HardPoolModelTests
{
    private const ulong Seed = 20_260_502;

    public static TheoryData<string, PoolOptions> Pools => new()
    {
        { "by count", new PoolOptions { Count = 24, Bytes = 1 << 20, MaxUses = 3, MaxAge = 40, CooldownSteps = 2 } },
        { "by bytes", new PoolOptions { Count = 1_000, Bytes = 1_024, MaxUses = 0, MaxAge = 0, CooldownSteps = 0 } },
        { "by group", new PoolOptions { Count = 24, Bytes = 1_500, MaxUses = 3, MaxAge = 0, CooldownSteps = 1, GroupShare = 0.34 } },
        { "half-life", new PoolOptions { Count = 24, Bytes = 1 << 20, MaxUses = 2, MaxAge = 0, CooldownSteps = 5, HalfLife = 7 } },
    };

    [Theory]
    [MemberData(nameof(Pools))]
    public void Agrees_with_a_naive_model_over_a_million_operations(string name, PoolOptions options)
    {
        _ = name;
        var run = new ModelRun(options);
        for (var i = 0; i < 250_000; i++)
        {
            run.Step();
            if (i % 25_000 == 24_999)
                run.SaveAndRestore();
        }

        // Every kind of outcome must have occurred.
        Assert.All(run.Outcomes, count => Assert.True(count > 100, string.Join(' ', run.Outcomes)));
    }

    private sealed class ModelRun
    {
        private readonly PoolOptions _options;
        private readonly NaivePool _model;
        private readonly Xoshiro256StarStar _generator = new(Seed);
        private readonly List<CandidateKey<long>> _left = [];
        private HardPool<long, string> _pool;
        private RecordingSampler _sampler = new();
        private long _version;
        private long _step;

        public ModelRun(PoolOptions options)
        {
            (_options, _model) = (options, new NaivePool(options));
            _pool = new HardPool<long, string>(options, _sampler, Left);
        }

        public int[] Outcomes { get; } = new int[7];

        public void Step()
        {
            _left.Clear();
            var key = new CandidateKey<long>(_generator.NextInt32(60), _generator.NextInt32(2) * _generator.NextInt32(3));
            var hardness = NextHardness();
            switch (_generator.NextInt32(10))
            {
                case < 5:
                    Offer(key, hardness);
                    break;
                case < 7:
                    Update(key, hardness);
                    break;
                case 7:
                    Remove(key);
                    break;
                case 8 when _generator.NextInt32(20) == 0:
                    _pool.MaxCount = Math.Max(1, _options.Count - _generator.NextInt32(_options.Count / 2));
                    _model.Resize(_pool.MaxCount, _left);
                    break;
                case 8:
                    Draw();
                    break;
                default:
                    _version += _generator.NextInt32(3);
                    _pool.Expire(_version);
                    foreach (var expired in _left)
                        Assert.InRange(_model.Find(expired)!.Version, long.MinValue, _version - _options.MaxAge - 1);
                    Drop();
                    Assert.All(_model.Entries, e => Assert.InRange(_version - e.Version, 0, _options.MaxAge == 0 ? long.MaxValue : _options.MaxAge + (_options.MaxAge / 8)));
                    break;
            }

            Check();
        }

        public void SaveAndRestore()
        {
            var writer = new StateWriter();
            using (var snapshot = _pool.Snapshot())
                snapshot.Save(writer, NumberCodec.Instance, TextCodec.Instance);
            _sampler = new RecordingSampler();
            var reader = StateFrame.Open(StateFrame.Close(writer));
            var maxCount = _pool.MaxCount;
            _pool = PoolPersistence.Restore(reader, NumberCodec.Instance, TextCodec.Instance, _options, _sampler, Left);
            _pool.MaxCount = maxCount;
            Assert.Equal(0, reader.Remaining);
            Check();
        }

        // Coarse values with many ties, and sometimes a value that is not finite.
        private float NextHardness() => _generator.NextInt32(50) switch
        {
            0 => float.NaN,
            1 => float.PositiveInfinity,
            2 => -0f,
            _ => _options.HalfLife > 0 ? (float)_generator.NextDouble() : (_generator.NextInt32(400) - 40) / 8f,
        };

        private void Offer(CandidateKey<long> key, float hardness)
        {
            var (bytes, group) = (_generator.NextInt32(8) == 0 ? 900 : _generator.NextInt32(80), (int)key.Id % 4);
            var mayEnter = _pool.WouldAccept(hardness, _version, bytes, group);
            var outcome = _pool.Offer(key, hardness, _version, bytes, $"{key}", group);
            Assert.Equal(_model.Offer(key, hardness, _version, bytes, group, _left), outcome);
            Assert.True(mayEnter || outcome != OfferOutcome.Added);
            Outcomes[(int)outcome]++;
        }

        private void Update(CandidateKey<long> key, float hardness)
        {
            var resident = float.IsFinite(hardness) ? _model.Find(key) : null;
            Assert.Equal(resident is not null, _pool.Update(key, hardness, _version));
            if (resident is null)
                return;
            (resident.Hardness, resident.Version) = (hardness, _version);
            Outcomes[3]++;
        }

        private void Remove(CandidateKey<long> key)
        {
            if (_generator.NextInt32(3) == 0)
            {
                var regions = _model.Entries.Where(e => e.Key.Id == key.Id).Select(e => e.Key).ToHashSet();
                Assert.Equal(regions.Count, _pool.RemoveAll(key.Id));
                Assert.True(regions.SetEquals(_left));
                Outcomes[4] += regions.Count > 1 ? 1 : 0;
            }
            else
            {
                Assert.Equal(_model.Find(key) is not null, _pool.Remove(key));
            }

            Drop();
        }

        private void Draw()
        {
            _step += _generator.NextInt32(3);
            var drawn = new List<DrawnItem<long, string>>();
            var eligible = _model.Entries.Where(e => e.NextStep <= _step).Select(e => (float)_model.PriorityOf(e.Hardness, e.Version)).OrderDescending().Take(3).ToList();
            _pool.Draw(3, _step, _generator, drawn);
            Assert.Equal(eligible, drawn.Select(d => (float)_model.PriorityOf(d.Item.Hardness, d.Item.Version)), new ApproximateComparer());
            foreach (var item in drawn)
            {
                var entry = _model.Find(item.Item.Key)!;
                Assert.True(entry.NextStep <= _step);
                Assert.Equal((++entry.Uses, 0.5f), (item.Item.Uses, item.Weight));
                entry.NextStep = _step + 1 + _options.CooldownSteps;
            }

            Assert.Equal(drawn.Where(d => d.Item.Uses == _options.MaxUses).Select(d => d.Item.Key), _left);
            Outcomes[5] += drawn.Count > 0 ? 1 : 0;
            Outcomes[6] += _left.Count > 0 || _options.MaxUses == 0 ? 1 : 0;
            Drop();
        }

        private void Drop()
        {
            foreach (var key in _left)
                _model.Entries.RemoveAll(e => e.Key == key);
        }

        private void Check()
        {
            Assert.Equal(_model.Entries.Count, _pool.Count);
            Assert.Equal(_model.Bytes, _pool.Bytes);
            Assert.InRange(_pool.Count, 0, _options.Count);
            Assert.InRange(_pool.Bytes, 0, _options.Bytes);
            Assert.Equal(_model.Entries.Count, _sampler.Observed.Count);
            if (!_pool.TryPeekEasiest(out var easiest) | !_pool.TryPeekHardest(out var hardest))
                return;
            var priorities = _model.Entries.Select(e => _model.PriorityOf(e.Hardness, e.Version)).ToList();
            Assert.Equal(priorities.Min(), _model.PriorityOf(easiest.Hardness, easiest.Version), NaivePool.Resolution);
            Assert.Equal(priorities.Max(), _model.PriorityOf(hardest.Hardness, hardest.Version), NaivePool.Resolution);
            if (_generator.NextInt32(20) == 0)
                CheckAll();
        }

        private void CheckAll()
        {
            foreach (var entry in _model.Entries)
            {
                Assert.True(_pool.TryGet(entry.Key, out var item));
                Assert.Equal(new PoolItem<long, string>(entry.Key, $"{entry.Key}", entry.Hardness, entry.Version, entry.Uses, entry.Bytes), item);
            }

            var hardest = new List<PoolItem<long, string>>();
            _pool.CopyHardest(5, hardest);
            var expected = _model.Entries.Select(e => _model.PriorityOf(e.Hardness, e.Version)).OrderDescending().Take(5);
            Assert.Equal(expected.Select(p => (float)p), hardest.Select(h => (float)_model.PriorityOf(h.Hardness, h.Version)), new ApproximateComparer());
            var version = _model.Entries.Select(e => e.Version).DefaultIfEmpty().Max();
            var aged = new List<PoolItem<long, string>>();
            _pool.CopyScoredBefore(version, aged);
            Assert.True(aged.Select(item => item.Key).ToHashSet().SetEquals(_model.Entries.Where(e => e.Version < version).Select(e => e.Key)));
            using var snapshot = _pool.Snapshot();
            var keys = Enumerable.Range(0, snapshot.Count).Select(index => snapshot[index].Key).ToHashSet();
            Assert.True(keys.SetEquals(_model.Entries.Select(e => e.Key)));
        }

        private void Left(CandidateKey<long> key, string payload)
        {
            Assert.Equal($"{key}", payload);
            _left.Add(key);
        }
    }

    // The priorities of the pool are floats, and those of the model are doubles.
    private sealed class ApproximateComparer : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => MathF.Abs(x - y) < 1e-4f * MathF.Max(1, MathF.Abs(x));

        public int GetHashCode(float obj) => 0;
    }
}
