using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Metrics;
using HnmStreams.Mining.Galleries;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Retention;
using HnmStreams.Mining.Sampling;
using HnmStreams.Mining.Selection;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Detection.Rows;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Tasks.Outcomes;

namespace HnmStreams.Fuzzing.Targets;

/// <summary>A structure of a checkpoint's binary state.</summary>
/// <param name="Write">Writes a valid state.</param>
/// <param name="RestoreAndUse">Restores a state into a new structure and does with it what the ranking stage does.</param>
internal sealed record StateCase(Action<StateWriter> Write, Action<StateReader> RestoreAndUse);

/// <summary>The structures of a checkpoint's binary state. The order is part of the corpus: add new ones at the end.</summary>
internal static class StateCases
{
    private const int Capacity = 8;
    private const int Width = 2;

    public static StateCase[] All { get; } =
    [
        new(WritePool, static reader => UsePool(RestoredPool(reader, new StateReader(Filters())))),
        new(WriteFilters, static reader => UsePool(RestoredPool(new StateReader(PoolState()), reader))),
        new(WriteReservoir, UseReservoir),
        new(WriteClassBalanced, UseClassBalanced),
        new(WriteHeldOut, UseHeldOut),
        new(WriteAudit, static reader => IdAudit.Read(reader, out _)),
        new(static writer => Filled(new RankingOutcomes(Capacity), 1).Save(writer), static reader => Use(new RankingOutcomes(Capacity), 1, reader)),
        new(static writer => Filled(new ClassOutcomes(Capacity), 3).Save(writer), static reader => Use(new ClassOutcomes(Capacity), 3, reader)),
        new(static writer => Filled(new EmbeddingOutcomes(Capacity, Width), Width).Save(writer), static reader => Use(new EmbeddingOutcomes(Capacity, Width), Width, reader)),
        new(WriteGallery, UseGallery),
        new(static writer => new BatcherState(3, new Xoshiro256StarStar(1).Save()) { Partials = [new PartialRecord(new Origin("t", 0, 5), 2)] }.Save(writer), static reader => BatcherState.Read(reader)),
        new(WriteDetections, UseDetections),
    ];

    public static StoredExample Stored(PayloadStore payloads, int number) => payloads.Keep(
        new RowSource(ExampleKey.Of($"e{number}"), $"e{number}", new Origin("t", 0, number), DateTimeOffset.UnixEpoch, default), new byte[] { 1, 2, (byte)number }, number % 2, 1);

    private static ExampleKey Key(int number) => ExampleKey.Of($"e{number}");

    private static FilteredPool<ExampleKey, int> NewPool() => new(
        new PoolOptions { Count = Capacity, Bytes = 1_000, GroupShare = 0.5 },
        new RetentionOptions { DuplicateDistance = 2, Band = { HardestPercentile = 0.99, History = 4, MinSeen = 2 }, LabelNoise = { MinVisits = 2, QuarantineCount = 4 } },
        new ProportionalSampler(new ProportionalOptions()));

    private static FilteredPool<ExampleKey, int> FilledPool()
    {
        var pool = NewPool();
        for (var i = 0; i < Capacity; i++)
        {
            pool.Observe(i);
            pool.Offer(new(Key(i), i % 2), i, i, 10, i, i % 3, (ulong)i << 20);
            pool.Visit(new(Key(i), i % 2), i + 1, i);
        }

        return pool;
    }

    private static void WritePool(StateWriter writer)
    {
        using var snapshot = FilledPool().Pool.Snapshot();
        snapshot.Save(writer, ExampleKeyCodec.Instance, Int32Codec.Instance);
    }

    private static void WriteFilters(StateWriter writer) => FilledPool().SaveFilters(writer, CandidateKeyCodec.Instance, Int32Codec.Instance);

    private static ReadOnlyMemory<byte> PoolState() => Written(WritePool);

    private static ReadOnlyMemory<byte> Filters() => Written(WriteFilters);

    private static ReadOnlyMemory<byte> Written(Action<StateWriter> write)
    {
        var writer = new StateWriter();
        write(writer);
        return writer.Written;
    }

    private static FilteredPool<ExampleKey, int> RestoredPool(StateReader pool, StateReader filters)
    {
        var restored = NewPool();
        restored.Restore(pool, filters, ExampleKeyCodec.Instance, CandidateKeyCodec.Instance, Int32Codec.Instance);
        return restored;
    }

    private static void UsePool(FilteredPool<ExampleKey, int> pool)
    {
        var drawn = new List<DrawnItem<ExampleKey, int>>();
        pool.Draw(3, 100, new Xoshiro256StarStar(1), drawn);
        pool.Pool.Expire(100);
        for (var i = 0; i < 2 * Capacity; i++)
        {
            pool.Observe(i);
            pool.Offer(new(Key(i), 0), i, 100, 10, i, i % 3, (ulong)i << 30);
            pool.Visit(new(Key(i), 0), i + 2, 101);
        }

        pool.Draw(3, 101, new Xoshiro256StarStar(1), drawn);
        pool.RemoveAll(Key(1));
        // What was restored and used can be saved.
        using var snapshot = pool.Pool.Snapshot();
        snapshot.Save(new StateWriter(), ExampleKeyCodec.Instance, Int32Codec.Instance);
        pool.SaveFilters(new StateWriter(), CandidateKeyCodec.Instance, Int32Codec.Instance);
    }

    private static void WriteReservoir(StateWriter writer)
    {
        var reservoir = new Reservoir<CandidateKey<ExampleKey>, int>(Capacity, new Xoshiro256StarStar(1));
        FillReservoir(reservoir);
        reservoir.Save(writer, CandidateKeyCodec.Instance, Int32Codec.Instance);
    }

    private static void UseReservoir(StateReader reader)
    {
        var reservoir = new Reservoir<CandidateKey<ExampleKey>, int>(Capacity, new Xoshiro256StarStar(1));
        reservoir.Restore(reader, CandidateKeyCodec.Instance, Int32Codec.Instance);
        FillReservoir(reservoir);
        reservoir.Draw(4, new Xoshiro256StarStar(2), []);
        reservoir.Remove(new(Key(1), 0));
    }

    private static void FillReservoir(Reservoir<CandidateKey<ExampleKey>, int> reservoir)
    {
        for (var i = 0; i < Capacity + 2; i++)
        {
            if (reservoir.TryReserve(out var slot))
                reservoir.Put(slot, new(Key(i), 0), i);
        }
    }

    private static void WriteClassBalanced(StateWriter writer)
    {
        var reservoir = new ClassBalancedReservoir<CandidateKey<ExampleKey>, int>(Capacity, new Xoshiro256StarStar(1));
        FillClassBalanced(reservoir);
        reservoir.Save(writer, CandidateKeyCodec.Instance, Int32Codec.Instance);
    }

    private static void UseClassBalanced(StateReader reader)
    {
        var reservoir = new ClassBalancedReservoir<CandidateKey<ExampleKey>, int>(Capacity, new Xoshiro256StarStar(1));
        reservoir.Restore(reader, CandidateKeyCodec.Instance, Int32Codec.Instance);
        FillClassBalanced(reservoir);
        reservoir.Draw(4, new Xoshiro256StarStar(2), []);
        reservoir.Remove(new(Key(1), 0));
    }

    private static void FillClassBalanced(ClassBalancedReservoir<CandidateKey<ExampleKey>, int> reservoir)
    {
        for (var i = 0; i < Capacity + 2; i++)
        {
            var key = new CandidateKey<ExampleKey>(Key(i), 0);
            if (!reservoir.TryGet(key, out _, out _) && reservoir.TryReserve(i % 3))
                reservoir.Put(i % 3, key, i);
        }
    }

    private static void WriteHeldOut(StateWriter writer)
    {
        var store = new HeldOutStore(Capacity, hasPositives: true);
        using var rows = Rows();
        for (var row = 0; row < rows.Count; row++)
            store.Add(rows, row, new RowSource(Key(row), $"e{row}", default), row % 2 == 1 ? ExampleRole.Positive : ExampleRole.Negative);
        store.Capture()(writer);
    }

    private static void UseHeldOut(StateReader reader)
    {
        var store = new HeldOutStore(Capacity, hasPositives: true);
        store.Restore(reader);
        using var rows = Rows();
        store.Add(rows, 0, new RowSource(Key(0), "e0", default), ExampleRole.Negative);
        store.CopyTo(rows, weighted: true);
        store.Capture()(new StateWriter());
    }

    private static void WriteAudit(StateWriter writer)
    {
        var audit = new IdAudit(2);
        for (var i = 0; i < 4; i++)
            audit.Add(Key(i));
        audit.Capture()(writer);
    }

    private static IOutcomeMetrics Filled(IOutcomeMetrics outcomes, int width)
    {
        using var rows = Rows();
        for (var row = 0; row < rows.Count; row++)
            outcomes.Add(Enumerable.Range(0, width).Select(i => ((row * 7) + i) % 5 / 5f).ToArray(), rows, row);
        return outcomes;
    }

    private static void Use(IOutcomeMetrics outcomes, int width, StateReader reader)
    {
        outcomes.Restore(reader);
        outcomes.Compute();
        Filled(outcomes, width).Compute();
    }

    private static void WriteDetections(StateWriter writer)
    {
        var region = new BoundingBox(1, 2, 3, 4);
        writer.Begin("detection outcomes", 1);
        writer.WriteInt32(1);
        writer.WriteArray<DetectedObject>([new DetectedObject(0, 0.5f, region)]);
        writer.WriteArray<EncodedObject>([new EncodedObject(0, region, isDifficult: true), new EncodedObject(1, region, isDifficult: false)]);
    }

    private static void UseDetections(StateReader reader)
    {
        // Only outputs that are added need the grid.
        var outcomes = new DetectionOutcomes(Capacity, new DetectionOptions { Labels = ["a", "b"] }, grid: null!, pixelBytes: 0);
        outcomes.Restore(reader);
        outcomes.Compute();
        outcomes.Save(new StateWriter());
    }

    private static void WriteGallery(StateWriter writer) => FilledGallery(new Gallery<CandidateKey<ExampleKey>>(new GalleryOptions { Capacity = 4, PerGroup = 2 }, Width)).Save(writer, CandidateKeyCodec.Instance);

    private static void UseGallery(StateReader reader)
    {
        var gallery = new Gallery<CandidateKey<ExampleKey>>(new GalleryOptions { Capacity = 4, PerGroup = 2 }, Width);
        gallery.Restore(reader, CandidateKeyCodec.Instance);
        FilledGallery(gallery).Nearest(new(Key(1), 0), 1, [0.6f, 0.8f], new PositiveAwareOptions());
    }

    private static Gallery<CandidateKey<ExampleKey>> FilledGallery(Gallery<CandidateKey<ExampleKey>> gallery)
    {
        for (var i = 0; i < 6; i++)
            gallery.Put(new(Key(i), 0), i % 4, [i % 2, 1 - (i % 2)], i, i == 3 ? [7] : []);
        return gallery;
    }

    // The last four bytes of a row of a task with groups are the number of its further groups.
    private static RowBuffer Rows()
    {
        var rows = new RowBuffer();
        for (var i = 0; i < Capacity; i++)
            rows.Add([(byte)i, 2, 3, 0, 0, 0, 0], i % 2, 1 + i);
        return rows;
    }

    /// <summary>The codec of payloads that are numbers.</summary>
    private sealed class Int32Codec : IStateCodec<int>
    {
        public static Int32Codec Instance { get; } = new();

        public void Write(StateWriter writer, int value) => writer.WriteInt32(value);

        public int Read(StateReader reader) => reader.ReadInt32();
    }
}
