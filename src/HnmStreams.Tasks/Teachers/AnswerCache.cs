using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HnmStreams.Tasks.Encoders;

namespace HnmStreams.Tasks.Teachers;

/// <summary>The answers of a teacher by the hash of their input, so that an input that comes again, in the same call or later, is computed once. Thread-safe.</summary>
/// <param name="width">The number of values of an answer.</param>
/// <param name="megabytes">The memory of the answers. With 0 only equal inputs of the same call share an answer.</param>
internal sealed class AnswerCache(int width, int megabytes)
{
    // Collisions of the keys must not be constructible by a producer.
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly FeatureCache? _cache = megabytes == 0 ? null : new FeatureCache(width * sizeof(float), (long)megabytes << 20);
    private long _computed;

    /// <summary>The number of answers that were computed, rather than read.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    /// <summary>Returns the key of an input.</summary>
    public UInt128 KeyOf(ReadOnlySpan<byte> input) => XxHash128.HashToUInt128(input, _seed);

    /// <summary>Returns the key of an input of two texts.</summary>
    public UInt128 KeyOf(string first, string second)
    {
        var hash = new XxHash128(_seed);
        // The length separates the two texts.
        hash.Append(MemoryMarshal.AsBytes<int>([first.Length]));
        hash.Append(MemoryMarshal.AsBytes(first.AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(second.AsSpan()));
        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>Writes the answers that are known.</summary>
    /// <param name="keys">The keys of the inputs; null for an input that cannot be answered.</param>
    /// <param name="isExact">True to compute all answers again.</param>
    /// <returns>The inputs to compute. Each occurs once, at its first position.</returns>
    public MissingAnswers Read(UInt128?[] keys, bool isExact, Span<float> answers)
    {
        var firsts = new Dictionary<UInt128, int>(keys.Length);
        var (sources, missing) = (new int[keys.Length], new List<int>());
        for (var i = 0; i < keys.Length; i++)
        {
            sources[i] = i;
            if (keys[i] is not { } key)
                continue;
            if (!firsts.TryAdd(key, i))
                sources[i] = firsts[key];
            else if (isExact || _cache?.TryRead(key, Bytes(answers, i)) != true)
                missing.Add(i);
        }

        return new MissingAnswers(keys, sources, missing);
    }

    /// <summary>Keeps the answers that were computed at their positions, and copies answers to the further positions of their input.</summary>
    /// <param name="computed">The positions that were computed.</param>
    public void Write(MissingAnswers asked, ReadOnlySpan<int> computed, Span<float> answers)
    {
        foreach (var i in computed)
            _cache?.Write(asked.Keys[i]!.Value, Bytes(answers, i));
        Interlocked.Add(ref _computed, computed.Length);
        for (var i = 0; i < asked.Sources.Length; i++)
        {
            if (asked.Sources[i] is var source && source != i)
                answers.Slice(source * width, width).CopyTo(answers[(i * width)..]);
        }
    }

    private Span<byte> Bytes(Span<float> answers, int i) => MemoryMarshal.AsBytes(answers.Slice(i * width, width));
}

/// <summary>The inputs of a call whose answers are not known yet.</summary>
/// <param name="Keys">The keys of all inputs.</param>
/// <param name="Sources">The first position with the same key, for each input.</param>
/// <param name="Positions">The positions to compute.</param>
internal sealed record MissingAnswers(UInt128?[] Keys, int[] Sources, List<int> Positions);
