using HnmStreams.Tasks.Encoders;
using HnmStreams.Testing;

namespace HnmStreams.Tasks.Tests.Encoders;

public sealed class FeatureFileTests
{
    private const int EntryBytes = 8;

    [Fact]
    public void A_later_run_reads_what_an_earlier_one_wrote_under_the_same_seed()
    {
        using var folder = new TemporaryFolder();
        var seed = Write(folder.Path, 0, 100);
        Assert.Equal(seed, Write(folder.Path, 100, 50));
        Assert.Equal((150, seed), Read(folder.Path));
        Assert.Equal(0, Read(folder.Path, "another encoder").Count);
    }

    [Fact]
    public void Damaged_entries_and_an_incomplete_last_one_are_ignored()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, 0, 10);
        var path = Assert.Single(Directory.GetFiles(folder.Path));
        var bytes = File.ReadAllBytes(path);
        bytes[^40] ^= 1;
        File.WriteAllBytes(path, bytes[..^3]);
        Assert.Equal(8, Read(folder.Path).Count);
        Write(folder.Path, 20, 1);
        Assert.Equal(9, Read(folder.Path).Count);
    }

    [Fact]
    public void The_file_does_not_grow_above_its_limit()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, 0, 1_000, maxBytes: 1_000);
        Assert.InRange(new FileInfo(Assert.Single(Directory.GetFiles(folder.Path))).Length, 900, 1_000);
    }

    [Fact]
    public void A_file_with_garbage_is_replaced()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, 0, 10);
        File.WriteAllBytes(Assert.Single(Directory.GetFiles(folder.Path)), [.. Enumerable.Repeat((byte)255, 300)]);
        Assert.Equal(0, Read(folder.Path).Count);
        Write(folder.Path, 0, 3);
        Assert.Equal(3, Read(folder.Path).Count);
    }

    [Fact]
    public void An_encoder_reuses_the_features_of_an_earlier_one()
    {
        using var encoder = new SmallEncoder();
        using var folder = new TemporaryFolder();
        var options = encoder.OfTexts(o => o.Encoder.CacheFolder = folder.Path).Encoder;
        Assert.Equal(2, Computed(["lost card", "rate"]));
        // Other settings of the head make another encoder object with the same features.
        options.Hidden = [3];
        Assert.Equal(1, Computed(["rate", "why", "lost card"]));

        long Computed(string[] texts)
        {
            var frozen = EncoderLoader.OfTexts(options, "task.text", 100, 20);
            using var rows = new Data.Rows.RowBuffer();
            foreach (var text in texts)
            {
                Assert.Null(frozen.Write(Data.Examples.InputView.OfText(text), rows));
                rows.Commit(0, 1);
            }

            frozen.Finish(rows, isExact: false, static row => row);
            return frozen.Computed;
        }
    }

    private static long Write(string folder, int first, int count, long maxBytes = 1 << 20)
    {
        using var file = FeatureFile.Open(folder, "encoder", EntryBytes, maxBytes, new FeatureCache(EntryBytes, 1 << 20));
        for (var i = first; i < first + count; i++)
            file.Append((UInt128)i, BitConverter.GetBytes((long)i));
        return file.Seed;
    }

    private static (int Count, long Seed) Read(string folder, string identity = "encoder")
    {
        var cache = new FeatureCache(EntryBytes, 1 << 20);
        using var file = FeatureFile.Open(folder, identity, EntryBytes, 1 << 20, cache);
        return (cache.Count, file.Seed);
    }
}
