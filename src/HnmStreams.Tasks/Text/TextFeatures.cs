using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace HnmStreams.Tasks.Text;

/// <summary>
/// Features of a text: its words, pairs of neighbouring words, and the runs of 3 to 5 characters inside each word and its
/// marks (as Bojanowski et al. have them, arXiv 1607.04606). Each is hashed (XxHash3) into a bucket: a stream never needs
/// a vocabulary. A feature is one number, so that a row is short: bucket, kind and how often it occurs.
/// </summary>
internal static class TextFeatures
{
    public const int Size = sizeof(uint);

    private const int Shortest = 3;
    private const int Longest = 5;
    private const int CountBits = 8;
    private const int KindBits = 2;
    private const FeatureKind NoKind = (FeatureKind)3;

    /// <summary>Writes each feature once, ordered by bucket. O(n log n), allocates nothing.</summary>
    /// <param name="buckets">A power of two, at most 2^22.</param>
    /// <param name="output">Advanced by <see cref="Size"/> bytes a feature.</param>
    /// <returns>How many features; 0 for a text of gaps.</returns>
    public static int Write(ReadOnlySpan<char> text, int buckets, IBufferWriter<byte> output)
    {
        var letters = ArrayPool<char>.Shared.Rent((3 * text.Length) + 1);
        var ends = ArrayPool<int>.Shared.Rent(text.Length + 1);
        try
        {
            var words = TextWords.Split(text, letters, ends);
            // A word and a pair each, and of each place in a word at most one run of each length.
            var most = words == 0 ? 0 : (2 * words) + ((Longest - Shortest + 1) * ends[words - 1]);
            var features = ArrayPool<uint>.Shared.Rent(most + 1);
            try
            {
                var found = Find(letters, ends.AsSpan(0, words), (uint)buckets - 1, features);
                return Write(features.AsSpan(0, found), output);
            }
            finally
            {
                ArrayPool<uint>.Shared.Return(features);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(ends);
            ArrayPool<char>.Shared.Return(letters);
        }
    }

    /// <summary>Takes a feature apart.</summary>
    public static (int Bucket, FeatureKind Kind, int Count) Read(uint feature) =>
        ((int)(feature >> (KindBits + CountBits)), (FeatureKind)((feature >> CountBits) & ((1 << KindBits) - 1)), (int)(feature & ((1 << CountBits) - 1)));

    /// <summary>What no text has as a feature: a kind of its own, with a number where the bucket would be.</summary>
    /// <param name="number">0 to 2^22 - 1.</param>
    internal static uint Mark(int number) => ((uint)number << (KindBits + CountBits)) | ((uint)NoKind << CountBits);

    internal static bool IsMark(uint feature, out int number)
    {
        (number, var kind, _) = Read(feature);
        return kind == NoKind;
    }

    private static int Find(ReadOnlySpan<char> letters, ReadOnlySpan<int> ends, uint mask, Span<uint> features)
    {
        var (found, start, before) = (0, 0, 0UL);
        Span<ulong> pair = stackalloc ulong[2];
        foreach (var end in ends)
        {
            var word = letters[start..end];
            var hash = Hash(word, FeatureKind.Word);
            features[found++] = Key(hash, FeatureKind.Word, mask);
            if (start > 0)
            {
                (pair[0], pair[1]) = (before, hash);
                features[found++] = Key(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(pair), (long)FeatureKind.Pair), FeatureKind.Pair, mask);
            }

            // The whole word with its marks is the word's own feature.
            for (var length = Shortest; length <= Longest && length < word.Length; length++)
            {
                for (var from = 0; from + length <= word.Length; from++)
                    features[found++] = Key(Hash(word.Slice(from, length), FeatureKind.Run), FeatureKind.Run, mask);
            }

            (start, before) = (end, hash);
        }

        return found;
    }

    private static int Write(Span<uint> keys, IBufferWriter<byte> output)
    {
        keys.Sort();
        var rows = MemoryMarshal.Cast<byte, uint>(output.GetSpan(keys.Length * Size));
        var written = 0;
        for (var i = 0; i < keys.Length;)
        {
            var (key, first) = (keys[i], i);
            while (i < keys.Length && keys[i] == key)
                i++;
            rows[written++] = (key << CountBits) | (uint)Math.Min(i - first, (1 << CountBits) - 1);
        }

        output.Advance(written * Size);
        return written;
    }

    private static uint Key(ulong hash, FeatureKind kind, uint mask) => (((uint)hash & mask) << KindBits) | (uint)kind;

    private static ulong Hash(ReadOnlySpan<char> letters, FeatureKind kind) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(letters), (long)kind);
}

/// <summary>What a feature of a text is; its own seed of the hash.</summary>
internal enum FeatureKind
{
    Word,
    Pair,

    /// <summary>Some characters of a word.</summary>
    Run,
}
