using System.IO.Hashing;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Encoders;

namespace HnmStreams.Tasks.Teachers;

/// <summary>The teacher of a classification with one label per example. Answers are cached by the content of a row, so that repeated examples cost nothing. Thread-safe.</summary>
internal sealed class LabelTeacher : ITeacher
{
    // Collisions of the cache's keys must not be constructible by a producer.
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly ITeacherInput _input;
    private readonly int _width;
    private readonly FeatureCache? _cache;
    private long _computed;

    /// <param name="width">The number of logits: 1 or 2 for one class against the rest, otherwise the number of classes.</param>
    /// <param name="file">The name and the hash of the file.</param>
    public LabelTeacher(ITeacherInput input, int width, TeacherOptions options, string file)
    {
        (_input, _width, Threshold, MinHardness) = (input, width, options.Threshold, options.MinHardness);
        Identity = FormattableString.Invariant($"{file}, {input.Description}, threshold {Threshold}");
        _cache = options.CacheMegabytes == 0 ? null : new FeatureCache(width * sizeof(float), (long)options.CacheMegabytes << 20);
    }

    public string Identity { get; }

    public double Threshold { get; }

    public double MinHardness { get; }

    public long Computed => Interlocked.Read(ref _computed);

    public void Check(RowBuffer rows, ReadOnlySpan<int> indices, bool isExact, Span<float> otherLabel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var logits = new float[indices.Length * _width];
        var keys = new UInt128[indices.Length];
        var firsts = new Dictionary<UInt128, int>();
        var (missing, places) = (new List<int>(), new List<int>());
        for (var i = 0; i < indices.Length; i++)
        {
            keys[i] = XxHash128.HashToUInt128(rows.Payload(indices[i]), _seed);
            // A second row with the same content takes the answer of the first.
            if (!firsts.TryAdd(keys[i], i) || (!isExact && _cache?.TryRead(keys[i], Bytes(logits, i)) == true))
                continue;
            missing.Add(indices[i]);
            places.Add(i);
        }

        Compute(rows, missing, places, keys, logits);
        for (var i = 0; i < indices.Length; i++)
            otherLabel[i] = OtherLabel(logits.AsSpan(firsts[keys[i]] * _width, _width), rows.Labels[indices[i]]);
    }

    private void Compute(RowBuffer rows, List<int> missing, List<int> places, UInt128[] keys, float[] logits)
    {
        if (missing.Count == 0)
            return;
        var computed = new float[missing.Count * _width];
        _input.Run(rows, CollectionsMarshal.AsSpan(missing), computed);
        for (var i = 0; i < missing.Count; i++)
        {
            computed.AsSpan(i * _width, _width).CopyTo(logits.AsSpan(places[i] * _width));
            _cache?.Write(keys[places[i]], Bytes(logits, places[i]));
        }

        Interlocked.Add(ref _computed, missing.Count);
    }

    private float OtherLabel(ReadOnlySpan<float> logits, int label)
    {
        if (!float.IsFinite(TensorPrimitives.Sum(logits)))
            return float.NaN;
        if (_width == 1)
            return (float)(1 / (1 + Math.Exp(label == 1 ? logits[0] : -logits[0])));
        Span<float> probabilities = _width <= 1024 ? stackalloc float[_width] : new float[_width];
        TensorPrimitives.SoftMax(logits, probabilities);
        probabilities[label] = 0;
        return TensorPrimitives.Max(probabilities);
    }

    private Span<byte> Bytes(float[] logits, int i) => MemoryMarshal.AsBytes(logits.AsSpan(i * _width, _width));
}
