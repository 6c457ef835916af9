using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Ranking;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>The parts of a checkpoint that learning depends on, for comparisons bit for bit.</summary>
internal static class LearnedParts
{
    /// <summary>The names of the parts. trainer.bin is not compared, because it contains durations.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["model.safetensors", "optimizer.safetensors", RankerCapture.SmallPart, RankerCapture.PoolPart, RankerCapture.HeldOutPart, RankerCapture.ExamplesPart];

    /// <summary>Reads the parts of the newest checkpoint.</summary>
    /// <param name="names">The names of the parts; null for <see cref="Names"/>.</param>
    public static Dictionary<string, byte[]> Read(string folder, IEnumerable<string>? names = null)
    {
        using var newest = new CheckpointFolder(folder, new CheckpointingOptions(), TimeProvider.System).LoadNewest().Found!;
        return (names ?? Names).ToDictionary(
            part => part,
            part =>
            {
                using var stream = newest.OpenPart(part);
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return bytes;
            },
            StringComparer.Ordinal);
    }

    /// <summary>Asserts that the parts are the same, bit for bit.</summary>
    /// <param name="names">The names of the parts; null for <see cref="Names"/>.</param>
    public static void AssertSame(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> actual, IEnumerable<string>? names = null)
    {
        foreach (var part in names ?? Names)
            Assert.True(expected[part].AsSpan().SequenceEqual(actual[part]), $"{part} differs");
    }
}
