using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Memory.Waiting.Storage;

namespace HnmStreams.Pipeline.Tests.Memory.Waiting;

/// <summary>The store in checkpoints: linked files, damage, and leftovers of a kill.</summary>
public sealed class WaitingCheckpointTests : IDisposable
{
    private readonly WaitingFixture _fixture = new(new WaitingOptions { WriteBufferBytes = 1 << 20, CacheBytes = 8 << 20 });

    public WaitingCheckpointTests()
    {
        for (var i = 0; i < 2_000; i++)
            _fixture.AddInput($"tx-{i}", i);
        _fixture.Apply(0);
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Shares_unchanged_files_between_checkpoints_and_hashes_them_once()
    {
        var first = _fixture.Save().Checkpoint;
        var tables = first.Manifest!.Parts.Where(p => p.IsLinked).ToArray();
        Assert.NotEmpty(tables);
        Assert.All(tables, t => Assert.EndsWith(".sst", t.Name, StringComparison.Ordinal));

        // A hash that was remembered is not computed again, so the second manifest does not notice the damage. The reader does.
        var second = Corrupting(first.Path, tables[0].Name, () => _fixture.Save().Checkpoint);
        Assert.Contains(tables[0], second.Manifest!.Parts);
        Assert.True(second.Manifest.WrittenBytes < second.Manifest.Bytes);
        var folder = new CheckpointFolder(_fixture.Root, new CheckpointingOptions(), TimeProvider.System);
        Assert.All(folder.Describe(), d => Assert.Contains(tables[0].Name, d.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_file_of_its_own_leaves_the_earlier_checkpoint()
    {
        _fixture.Save();
        for (var i = 0; i < 2_000; i++)
            _fixture.AddLabel($"tx-{i}", 1, 1);
        _fixture.Apply(1);
        var second = _fixture.Save().Checkpoint;
        File.Delete(Path.Combine(second.Path, "waiting-CURRENT"));
        _fixture.Restart();
        Assert.Equal((2_000, 0), (_fixture.Store.Status.WaitingInputs, _fixture.Store.Status.Joined));
    }

    [Fact]
    public void A_restart_removes_the_folder_of_a_killed_learner()
    {
        _fixture.Save();
        var killed = Directory.CreateDirectory(Path.Combine(_fixture.Root, $".waiting-{Guid.NewGuid():n}")).FullName;
        var foreign = Directory.CreateDirectory(Path.Combine(_fixture.Root, ".waiting-room")).FullName;
        _fixture.Restart();
        Assert.False(Directory.Exists(killed));
        Assert.True(Directory.Exists(foreign));
    }

    [Fact]
    public void Leaves_no_links_behind()
    {
        _fixture.Save();
        var own = Assert.Single(Directory.GetDirectories(_fixture.Root, ".waiting-*"));
        Assert.Equal("database", Path.GetFileName(Assert.Single(Directory.GetDirectories(own))));
    }

    [Fact]
    public void A_checkpoint_without_a_store_opens_an_empty_one()
    {
        var folder = new CheckpointFolder(Directory.CreateTempSubdirectory("hnm-waiting-").FullName, new CheckpointingOptions(), TimeProvider.System);
        var written = Assert.IsType<CheckpointWritten>(folder.Write(new CheckpointContent(
            folder.NextId(1), 0, [], new Dictionary<string, string>(StringComparer.Ordinal), [new CheckpointPart("other.bin", s => s.WriteByte(1))])));
        var root = Path.GetDirectoryName(written.Checkpoint.Path)!;
        using (var loaded = folder.LoadNewest().Found!)
        {
            using var store = WaitingStore.Restore(root, _fixture.Options, 0, loaded);
            Assert.Equal(0, store.Status.Count);
        }

        Directory.Delete(root, recursive: true);
    }

    [Theory]
    [InlineData("IO error: No space left on device: While appending to file: /x/000012.sst", "Free space on the disk")]
    [InlineData("Corruption: block checksum mismatch in /x/000012.sst offset 4", "check the disk")]
    public void An_error_names_the_file_and_the_remedy(string failure, string remedy)
    {
        var error = WaitingStoreException.From("/x", new IOException(failure));
        Assert.Contains("000012.sst", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    private static T Corrupting<T>(string folder, string name, Func<T> then)
    {
        var path = Path.Combine(folder, name);
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            var last = RandomAccess.GetLength(file) - 1;
            Span<byte> value = stackalloc byte[1];
            RandomAccess.Read(file, value, last);
            value[0] ^= 0x40;
            RandomAccess.Write(file, value, last);
        }

        return then();
    }
}
