using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Encoders.Inputs;
using HnmStreams.Torch.Networks.Heads;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Encoders;

/// <summary>
/// A pretrained network that is never trained. It replaces the bodies of rows by their features, which have unit length, once per
/// example. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // The encoder belongs to all tasks that share it. The file's finalizer closes it; entries are flushed after each batch.
internal sealed class FrozenEncoder
#pragma warning restore CA1001
{
    // Collisions of the cache's keys must not be constructible by a producer.
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly IEncoderInput _input;
    private readonly FeatureFormat _format;
    private readonly FeatureCache? _cache;
    private readonly FeatureFile? _file;
    private readonly Lock _fileGate = new();
    private readonly int[] _hidden;

    /// <param name="identity">The name and the hash of the encoder's file.</param>
    /// <exception cref="IOException">The folder of the cache cannot be used.</exception>
    public FrozenEncoder(IEncoderInput input, EncoderOptions options, string identity)
    {
        (_input, _hidden) = (input, [.. options.Hidden]);
        _format = new FeatureFormat(options.Storage, input.Width);
        _cache = options.CacheMegabytes == 0 ? null : new FeatureCache(_format.Bytes, (long)options.CacheMegabytes << 20);
        RowFormat = $"{identity}, {input.Description}, {options.Storage}";
        if (options.CacheFolder is not { } folder || _cache is null)
            return;
        _file = FeatureFile.Open(folder, RowFormat, _format.Bytes, (long)options.CacheMegabytes << 20, _cache);
        _seed = _file.Seed;
    }

    /// <summary>The number of features.</summary>
    public int Width => _input.Width;

    /// <inheritdoc cref="HnmStreams.Torch.ILearningTask.RowFormat"/>
    public string RowFormat { get; }

    /// <summary>The number of rows whose features were computed rather than reused.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    private long _computed;

    /// <summary>Writes a row with the encoder's input after the committed rows, or returns the rejection.</summary>
    public Rejection? Write(in InputView input, RowBuffer rows) => _input.Write(input, rows);

    /// <summary>Creates the head of a task.</summary>
    public nn.Module<Tensor, Tensor> CreateHead(int outputs, bool isEmbedding) => new FeatureHead(Width, _hidden, outputs, isEmbedding);

    /// <summary>Returns an input of the shape that <see cref="Collate"/> returns.</summary>
    public Tensor TrialInput(int rows) => full(rows, Width, Torch.Native.Constants.Of(1 / Math.Sqrt(Width)), float32);

    /// <returns>The features of finished rows, [n, features].</returns>
    /// <param name="part">Returns the part of a row without the further groups.</param>
    /// <exception cref="InvalidDataException">A row is not finished, or was written with another encoder.</exception>
    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, RowInput part)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var input = empty(indices.Length, Width, float32);
        var values = MemoryMarshal.Cast<byte, float>(input.bytes);
        for (var i = 0; i < indices.Length; i++)
        {
            if (!EncodedRow.Split(part(rows.Payload(indices[i])), out var body, out _))
                throw new InvalidDataException($"Row {indices[i]} must have features but is not finished (ILearningTask.FinishRows).");
            _format.Read(body, values.Slice(i * Width, Width));
        }

        return input;
    }

    public RowPreview View(ReadOnlySpan<byte> row)
    {
        var isFinished = EncodedRow.Split(row, out var body, out var preview);
        if (isFinished && body.Length != _format.Bytes)
            throw new InvalidDataException($"The row must have {_format.Bytes} bytes of features but has {body.Length}.");
        return _input.View(body, preview, isFinished);
    }

    /// <summary>Replaces the bodies of all unfinished rows by their features.</summary>
    /// <param name="isExact">True if features must not come from the cache, because the bits of a vector depend on the batch in which it was computed.</param>
    /// <param name="part">Returns the part of a row without the further groups.</param>
    public void Finish(RowBuffer rows, bool isExact, RowInput part)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var keys = new UInt128[rows.Count];
        var sizes = new List<(int Length, int Row)>();
        var features = new byte[(long)rows.Count * _format.Bytes];
        var firsts = new Dictionary<UInt128, int>();
        var unfinished = 0;
        for (var row = 0; row < rows.Count; row++)
        {
            if (EncodedRow.Split(part(rows.Payload(row)), out var body, out _))
                continue;
            unfinished++;
            keys[row] = XxHash128.HashToUInt128(body, _seed);
            // A second row with the same body is filled in below.
            if (!firsts.TryAdd(keys[row], row) || (!isExact && _cache is not null && _cache.TryRead(keys[row], Features(row))))
                continue;
            sizes.Add((body.Length, row));
        }

        if (unfinished == 0)
            return;
        Compute(rows, sizes, keys, features, part);
        Rewrite(rows, keys, firsts, features, part);

        Span<byte> Features(int row) => features.AsSpan(row * _format.Bytes, _format.Bytes);
    }

    // Texts of similar length share a run, so that little of it is padding.
    private void Compute(RowBuffer rows, List<(int Length, int Row)> sizes, UInt128[] keys, byte[] features, RowInput part)
    {
        sizes.Sort();
        var run = new int[Math.Min(_input.RowsPerRun, Math.Max(1, sizes.Count))];
        var values = new float[run.Length * Width];
        for (var from = 0; from < sizes.Count; from += run.Length)
        {
            var count = Math.Min(run.Length, sizes.Count - from);
            for (var i = 0; i < count; i++)
                run[i] = sizes[from + i].Row;
            _input.Run(rows, run.AsSpan(0, count), row => Body(part(row)), values);
            for (var i = 0; i < count; i++)
            {
                var vector = values.AsSpan(i * Width, Width);
                UnitLength.Scale(vector);
                var stored = features.AsSpan(run[i] * _format.Bytes, _format.Bytes);
                _format.Write(vector, stored);
                _cache?.Write(keys[run[i]], stored);
            }
        }

        Keep(sizes, keys, features);
        Interlocked.Add(ref _computed, sizes.Count);
    }

    private void Keep(List<(int Length, int Row)> computed, UInt128[] keys, byte[] features)
    {
        if (_file is null)
            return;
        lock (_fileGate)
        {
            foreach (var (_, row) in computed)
                _file.Append(keys[row], features.AsSpan(row * _format.Bytes, _format.Bytes));
            _file.Flush();
        }
    }

    private void Rewrite(RowBuffer rows, UInt128[] keys, Dictionary<UInt128, int> firsts, byte[] features, RowInput part)
    {
        using var finished = new RowBuffer(rows.Count, rows.Count * (_format.Bytes + sizeof(int)));
        for (var row = 0; row < rows.Count; row++)
        {
            var payload = rows.Payload(row);
            var own = part(payload);
            if (EncodedRow.Split(own, out _, out var preview))
            {
                finished.Add(payload, rows.Labels[row], rows.Weights[row]);
                continue;
            }

            var stored = features.AsSpan(firsts[keys[row]] * _format.Bytes, _format.Bytes);
            stored.CopyTo(finished.GetSpan(stored.Length));
            finished.Advance(stored.Length);
            EncodedRow.Complete(finished, preview, isFinished: true);
            var rest = payload[own.Length..];
            rest.CopyTo(finished.GetSpan(rest.Length));
            finished.Advance(rest.Length);
            finished.Commit(rows.Labels[row], rows.Weights[row]);
        }

        rows.Exchange(finished);
    }

    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> row)
    {
        EncodedRow.Split(row, out var body, out _);
        return body;
    }
}
