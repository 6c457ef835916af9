using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using HnmStreams.Tasks.Text;

namespace HnmStreams.Tasks.Tests.Text;

public sealed class TextFeaturesTests
{
    [Fact]
    public void Features_equal_a_naive_count() =>
        Gen.Char["abAB 0!?é"].Array[0, 40].Select(letters => new string(letters)).Sample(
            text => Assert.Equal(Naive(text, 1 << 10), Of(text, 1 << 10).ToDictionary(f => (f.Bucket, f.Kind), f => f.Count)),
            seed: "0000KOIPe036", iter: 300, threads: 1);

    [Fact]
    public void Features_are_ordered_and_distinct()
    {
        var features = Of("the cat and the other cat", 1 << 22).Select(f => (f.Bucket, f.Kind)).ToArray();
        Assert.Equal(features.Distinct().Order(), features);
    }

    [Fact]
    public void Buckets_are_stable_across_processes_and_releases()
    {
        // A saved model gives wrong scores if the buckets change.
        var buckets = Of("my card", 1 << 16).Where(f => f.Kind != FeatureKind.NGram).Select(f => (f.Kind, f.Bucket)).Order();
        Assert.Equal([(FeatureKind.Word, 26_009), (FeatureKind.Word, 44_597), (FeatureKind.Pair, 12_652)], buckets);
    }

    [Fact]
    public void A_count_saturates_at_255()
    {
        var features = Of(string.Concat(Enumerable.Repeat("no ", 400)), 1 << 16);
        Assert.Equal(255, features.Max(f => f.Count));
    }

    private static (int Bucket, FeatureKind Kind, int Count)[] Of(string text, int buckets)
    {
        var output = new ArrayBufferWriter<byte>();
        var count = TextFeatures.Write(text, buckets, output);
        Assert.Equal(count * TextFeatures.Size, output.WrittenCount);
        return [.. MemoryMarshal.Cast<byte, uint>(output.WrittenSpan).ToArray().Select(TextFeatures.Read)];
    }

    private static Dictionary<(int Bucket, FeatureKind Kind), int> Naive(string text, int buckets)
    {
        var words = Words(text);
        var counts = new Dictionary<(int, FeatureKind), int>();
        void Count(ulong hash, FeatureKind kind)
        {
            var key = ((int)(hash % (ulong)buckets), kind);
            counts[key] = Math.Min(255, counts.GetValueOrDefault(key) + 1);
        }

        static ulong Hash(string part, FeatureKind kind) => XxHash3.HashToUInt64(Encoding.Unicode.GetBytes(part), (long)kind);
        for (var i = 0; i < words.Count; i++)
        {
            Count(Hash(words[i], FeatureKind.Word), FeatureKind.Word);
            if (i > 0)
            {
                byte[] pair = [.. BitConverter.GetBytes(Hash(words[i - 1], FeatureKind.Word)), .. BitConverter.GetBytes(Hash(words[i], FeatureKind.Word))];
                Count(XxHash3.HashToUInt64(pair, (long)FeatureKind.Pair), FeatureKind.Pair);
            }

            foreach (var length in new[] { 3, 4, 5 }.Where(l => l < words[i].Length))
            {
                for (var from = 0; from <= words[i].Length - length; from++)
                    Count(Hash(words[i].Substring(from, length), FeatureKind.NGram), FeatureKind.NGram);
            }
        }

        return counts;
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == ' ')
            {
                i++;
                continue;
            }

            var from = i;
            while (i < text.Length && (char.IsLetterOrDigit(text[from]) ? char.IsLetterOrDigit(text[i]) : text[i] == text[from]))
                i++;
            words.Add($"<{text[from..i].ToLowerInvariant()}>");
        }

        return words;
    }
}
