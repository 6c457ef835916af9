using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Waiting;

namespace HnmStreams.Benchmarks.Waiting;

/// <summary>
/// Measures the waiting store as the joining stage uses it: all examples are put in mini-batches, a checkpoint is captured, and then labels of
/// random examples arrive.
/// </summary>
internal sealed class WaitingBenchmark(long examples, long labels, int rowBytes, int batchSize, string root, WaitingOptions options, TextWriter output, TimeProvider time) : IDisposable
{
    private const double Megabyte = 1 << 20;
    private static readonly Process Self = Process.GetCurrentProcess();
    private readonly WaitingBatch _batch = new();
    private readonly WaitingResults _results = new();
    private readonly byte[] _row = new byte[rowBytes];
    private readonly Xoshiro256StarStar _random = new(1);
    private double _peak;

    public void Dispose()
    {
        _batch.Dispose();
        _results.Dispose();
    }

    public WaitingReport Run(CancellationToken cancellation)
    {
        var baseline = Resident();
        using var store = WaitingStore.Create(root, options, 0);
        var cpu = Self.TotalProcessorTime;
        var putSeconds = Put(store, examples, cancellation);
        var putCpu = CpuSince(ref cpu);
        var checkpoints = new[] { Capture(store), CaptureAfterBatch(store) };
        var disk = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{examples} examples: {examples / putSeconds:F0} puts/s ({examples / putCpu:F0} per CPU second), {disk / Megabyte:F0} MB on disk, capture {checkpoints[0]:F0} ms, then {checkpoints[1]:F0} ms."));
        _ = CpuSince(ref cpu);
        var joinSeconds = Join(store, cancellation);
        var joinCpu = CpuSince(ref cpu);
        var status = store.Status;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{labels} labels: {labels / joinSeconds:F0} joins/s ({labels / joinCpu:F0} per CPU second). Resident: {_peak:F0} MB at most, {baseline:F0} MB before the store was opened."));
        return new WaitingReport(examples, rowBytes, batchSize, examples / putSeconds, examples / putCpu, labels / joinSeconds, labels / joinCpu, _peak, baseline, checkpoints, disk / Megabyte, status.Joined);
    }

    private static ExampleKey Key(long number)
    {
        Span<byte> id = stackalloc byte[20];
        Id(number, ref id);
        return ExampleKey.Of(id);
    }

    private static void Id(long number, ref Span<byte> id)
    {
        number.TryFormat(id, out var written, default, CultureInfo.InvariantCulture);
        id = id[..written];
    }

    private double Put(WaitingStore store, long count, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        for (var at = 0L; at < count; at += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            PutBatch(store, at, (int)Math.Min(batchSize, count - at));
            if (at / batchSize % 1_000 == 0)
                Resident();
        }

        return time.GetElapsedTime(start).TotalSeconds;
    }

    private void PutBatch(WaitingStore store, long from, int count)
    {
        Span<byte> buffer = stackalloc byte[20];
        for (var i = 0; i < count; i++)
        {
            var id = buffer;
            Id(from + i, ref id);
            // A row of a table: half of it is noise, the rest repeats.
            for (var at = 0; at + 8 <= rowBytes / 2; at += 8)
                BinaryPrimitives.WriteUInt64LittleEndian(_row.AsSpan(at), _random.NextUInt64());
            _batch.AddInput(new RowSource(ExampleKey.Of(id), null, new Origin("events", 0, from + i), DateTimeOffset.UnixEpoch, default), id, _row, 1, false, [0.5f], new ServedPrediction(1, float.NaN));
        }

        Apply(store);
    }

    private double Join(WaitingStore store, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        for (var at = 0L; at < labels; at += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < Math.Min(batchSize, labels - at); i++)
                _batch.AddLabel(Key((long)(_random.NextUInt64() % (ulong)examples)), new ArrivedLabel(1, 1, DateTimeOffset.UnixEpoch));
            Apply(store);
            if (at / batchSize % 1_000 == 0)
                Resident();
        }

        Resident();
        return time.GetElapsedTime(start).TotalSeconds;
    }

    private void Apply(WaitingStore store)
    {
        _results.Clear();
        store.Apply(_batch, time.GetUtcNow(), _results);
        store.Expire(time.GetUtcNow(), batchSize, _results);
        _batch.Clear();
    }

    private double CaptureAfterBatch(WaitingStore store)
    {
        PutBatch(store, examples, batchSize);
        return Capture(store);
    }

    private double Capture(WaitingStore store)
    {
        var start = time.GetTimestamp();
        using var capture = store.Capture();
        return time.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double CpuSince(ref TimeSpan before)
    {
        Self.Refresh();
        var (now, earlier) = (Self.TotalProcessorTime, before);
        before = now;
        return (now - earlier).TotalSeconds;
    }

    private double Resident()
    {
        Self.Refresh();
        var now = Self.WorkingSet64 / Megabyte;
        _peak = Math.Max(_peak, now);
        return now;
    }
}
