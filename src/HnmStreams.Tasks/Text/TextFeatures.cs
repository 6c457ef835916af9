using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace HnmStreams.Tasks.Text;

/// <summary>
/// The features of a text: words, pairs of adjacent words, and the character n-grams of 3 to 5 characters inside each
/// word and its boundary marks (as in Bojanowski et al., arXiv 1607.04606). Each is hashed (XxHash3) into a bucket,
/// so no vocabulary is needed. A feature is one number: bucket, kind and count.
/// </summary>
internal static class TextFeatures
{
    public const int Size = sizeof(uint);

    private const int MinLength = 3;
    private const int MaxLength = 5;
    private const int CountBits = 8;
    private const int KindBits = 2;
    private const FeatureKind MarkerKind = (FeatureKind)3;

    /// <summary>Writes each distinct feature once, ordered by bucket. O(n log n), allocates nothing.</summary>
    /// <param name="buckets">A power of two, at most 2^22.</param>
    /// <param name="output">The buffer, advanced by <see cref="Size"/> bytes per feature.</param>
    /// <returns>The number of features; 0 for a text of whitespace only.</returns>
    public static int Write(ReadOnlySpan<char> text, int buckets, IBufferWriter<byte> output)
    {
        var letters = ArrayPool<char>.Shared.Rent((3 * text.Length) + 1);
        var ends = ArrayPool<int>.Shared.Rent(text.Length + 1);
        try
        {
            var words = TextWords.Split(text, letters, ends);
            // One word and one pair per word, and at most one n-gram of each length per position in a word.
            var maxFeatures = words == 0 ? 0 : (2 * words) + ((MaxLength - MinLength + 1) * ends[words - 1]);
            var features = ArrayPool<uint>.Shared.Rent(maxFeatures + 1);
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

    /// <summary>Decodes a feature.</summary>
    public static (int Bucket, FeatureKind Kind, int Count) Read(uint feature) =>
        ((int)(feature >> (KindBits + CountBits)), (FeatureKind)((feature >> CountBits) & ((1 << KindBits) - 1)), (int)(feature & ((1 << CountBits) - 1)));

    /// <summary>Encodes a number as a marker, a value that no feature has.</summary>
    /// <param name="number">0 to 2^22 - 1.</param>
    internal static uint Marker(int number) => ((uint)number << (KindBits + CountBits)) | ((uint)MarkerKind << CountBits);

    internal static bool IsMarker(uint feature, out int number)
    {
        (number, var kind, _) = Read(feature);
        return kind == MarkerKind;
    }

    private static int Find(ReadOnlySpan<char> letters, ReadOnlySpan<int> ends, uint mask, Span<uint> features)
    {
        var (found, start, previous) = (0, 0, 0UL);
        Span<ulong> pair = stackalloc ulong[2];
        foreach (var end in ends)
        {
            var word = letters[start..end];
            var hash = Hash(word, FeatureKind.Word);
            features[found++] = Key(hash, FeatureKind.Word, mask);
            if (start > 0)
            {
                (pair[0], pair[1]) = (previous, hash);
                features[found++] = Key(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(pair), (long)FeatureKind.Pair), FeatureKind.Pair, mask);
            }

            // The whole word with its boundary marks is already the word's own feature.
            for (var length = MinLength; length <= MaxLength && length < word.Length; length++)
            {
                for (var from = 0; from + length <= word.Length; from++)
                    features[found++] = Key(Hash(word.Slice(from, length), FeatureKind.NGram), FeatureKind.NGram, mask);
            }

            (start, previous) = (end, hash);
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

/// <summary>The kind of a feature, which is also the seed of its hash.</summary>
internal enum FeatureKind
{
    Word,
    Pair,

    /// <summary>A character n-gram of a word.</summary>
    NGram,
}
