using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Tests.Checkpointing;

/// <summary>A checkpoint folder for one test, and content in which every byte depends on the checkpoint's sequence number.</summary>
internal sealed class StateFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("hnm-checkpoints-").FullName;

    public static CheckpointContent Content(CheckpointId id, params CheckpointPart[] more) => new(
        id,
        id.Sequence * 10,
        [new("cluster", "numbers", "topic-id", 0, id.Sequence * 100), new("cluster", "numbers", "topic-id", 1, id.Sequence * 7)],
        new Dictionary<string, string>(StringComparer.Ordinal) { ["task"] = "images", ["pool.count"] = "4000" },
        [new("weights.safetensors", s => s.Write(Bytes(id, 5_000))), new("pool.bin", s => s.Write(Bytes(id, 301))), new("empty", _ => { }), .. more]);

    public static byte[] Bytes(CheckpointId id, int length)
    {
        var generator = new Xoshiro256StarStar((ulong)(id.Sequence * 1_000_003));
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)generator.NextUInt64();
        return bytes;
    }

    public CheckpointFolder Open(int keep = 3, long? free = null, long partBytes = 1 << 20) =>
        new(Root, new CheckpointingOptions { Keep = keep, PartBytes = partBytes }, TimeProvider.System) { FreeBytes = _ => free };

    public static CheckpointWritten Write(CheckpointFolder folder, long epoch = 1) =>
        Assert.IsType<CheckpointWritten>(folder.Write(Content(folder.NextId(epoch))));

    /// <summary>Checks that all parts belong to one checkpoint and have the right bytes.</summary>
    public static void AssertIsIntact(LoadedCheckpoint? loaded, CheckpointId id)
    {
        Assert.NotNull(loaded);
        Assert.Equal(id, loaded.Manifest.Id);
        var expected = Content(id);
        Assert.Equal(expected.Positions, loaded.Manifest.Positions);
        Assert.Equal(expected.Settings, loaded.Manifest.Settings);
        Assert.Equal(expected.ModelVersion, loaded.Manifest.ModelVersion);
        Assert.Equal(Bytes(id, 5_000), Read(loaded, "weights.safetensors"));
        Assert.Equal(Bytes(id, 301), Read(loaded, "pool.bin"));
        Assert.Empty(Read(loaded, "empty"));
    }

    public static byte[] Read(LoadedCheckpoint loaded, string part)
    {
        using var stream = loaded.OpenPart(part);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        Assert.Equal(-1, stream.ReadByte());
        return bytes;
    }

    /// <summary>Copies the folder in the state that a kill at this moment would leave.</summary>
    public StateFolder Copy()
    {
        var copy = new StateFolder();
        foreach (var folder in Directory.EnumerateDirectories(Root, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(copy.Root, Path.GetRelativePath(Root, folder)));
        foreach (var file in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == ".lock")
                continue;
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var to = File.Create(Path.Combine(copy.Root, Path.GetRelativePath(Root, file)));
            from.CopyTo(to);
        }

        return copy;
    }

    public string[] Entries() => [.. Directory.EnumerateFileSystemEntries(Root).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
