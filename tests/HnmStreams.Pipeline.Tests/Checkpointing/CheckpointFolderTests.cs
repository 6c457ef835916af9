using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Pipeline.Checkpointing.Inspection;
using HnmStreams.Pipeline.Checkpointing.Leases;
using HnmStreams.Testing;

namespace HnmStreams.Pipeline.Tests.Checkpointing;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly StateFolder _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void An_empty_or_missing_folder_has_no_checkpoint()
    {
        var missing = new CheckpointFolder(Path.Combine(_state.Root, "none"), new CheckpointingOptions(), TimeProvider.System);
        Assert.Null(missing.LoadNewest().Found);
        Assert.Empty(missing.Describe());
        Assert.Equal(new CheckpointId(4, 1), missing.NextId(4));
    }

    [Fact]
    public void Loads_a_written_checkpoint()
    {
        var written = StateFolder.Write(_state.Open());
        var search = _state.Open().LoadNewest();
        using var loaded = search.Found;
        StateFolder.AssertIsIntact(loaded, new CheckpointId(1, 1));
        Assert.Empty(search.Damaged);
        Assert.Equal(written.Checkpoint.Parts, loaded!.Description.Parts);
        Assert.False(loaded.Has("manifest.json"));
        Assert.Throws<KeyNotFoundException>(() => loaded.OpenPart("other"));
        Assert.Equal(5_301, loaded.Manifest.Bytes);
    }

    /// <summary>A run with <c>--fresh</c> that is restarted before its first checkpoint must not resume the state that it was told to ignore.</summary>
    [Fact]
    public void Ignores_checkpoints_of_earlier_epochs_on_request()
    {
        var folder = _state.Open(keep: 9);
        StateFolder.Write(folder, epoch: 1);
        Assert.Null(folder.LoadNewest(minEpoch: 2).Found);
        StateFolder.Write(folder, epoch: 2);
        using var own = folder.LoadNewest(minEpoch: 2).Found;
        StateFolder.AssertIsIntact(own, new CheckpointId(2, 2));
    }

    [Fact]
    public void A_higher_epoch_is_newer_regardless_of_the_sequence()
    {
        var folder = _state.Open(keep: 9);
        folder.Write(StateFolder.Content(new CheckpointId(1, 70)));
        folder.Write(StateFolder.Content(new CheckpointId(2, 5)));
        using var loaded = folder.LoadNewest().Found;
        StateFolder.AssertIsIntact(loaded, new CheckpointId(2, 5));
        Assert.Equal(new CheckpointId(2, 71), folder.NextId(2));
        Assert.Throws<ArgumentException>(() => folder.Write(StateFolder.Content(new CheckpointId(2, 5))));
        Assert.Throws<ArgumentException>(() => folder.Write(StateFolder.Content(new CheckpointId(1, 71))));
    }

    [Fact]
    public void Keeps_the_last_checkpoints_and_ignores_foreign_folders()
    {
        Directory.CreateDirectory(Path.Combine(_state.Root, "checkpoint-mine"));
        Directory.CreateDirectory(Path.Combine(_state.Root, "checkpoint-0000001-000000001"));
        Directory.CreateDirectory(Path.Combine(_state.Root, ".writing-foreign"));
        var folder = _state.Open(keep: 2);
        for (var i = 0; i < 5; i++)
            Assert.Empty(StateFolder.Write(folder).NotRemoved);
        Assert.Equal(
            [".lock", ".writing-foreign", "checkpoint-0000001-000000001", "checkpoint-000001-000000004", "checkpoint-000001-000000005", "checkpoint-mine"],
            _state.Entries());
    }

    [Fact]
    public void Damaged_checkpoints_do_not_count_as_kept()
    {
        CheckpointId Id(long sequence) => new(1, sequence);
        Assert.Equal([Id(1)], CheckpointRetention.ToDelete([(Id(1), false), (Id(2), true), (Id(3), false), (Id(4), true)], 2));
        Assert.Empty(CheckpointRetention.ToDelete([(Id(1), false), (Id(2), true), (Id(3), false), (Id(4), true)], 3));
        Assert.Equal([Id(3), Id(2), Id(1)], CheckpointRetention.ToDelete([(Id(1), true), (Id(2), true), (Id(3), false), (Id(4), true)], 1));
    }

    [Fact]
    public void Keeps_the_only_complete_checkpoint_if_newer_ones_are_damaged()
    {
        var folder = _state.Open(keep: 1);
        StateFolder.Write(folder);
        using (var copy = _state.Copy())
        {
            StateFolder.Write(folder);
            File.Delete(Path.Combine(_state.Root, "checkpoint-000001-000000002", "pool.bin"));
            Directory.Move(Path.Combine(copy.Root, "checkpoint-000001-000000001"), Path.Combine(_state.Root, "checkpoint-000001-000000001"));
        }

        Assert.Empty(CheckpointRetention.Apply(_state.Root, 1, 1 << 20));
        var search = folder.LoadNewest();
        using var loaded = search.Found;
        StateFolder.AssertIsIntact(loaded, new CheckpointId(1, 1));
        Assert.Contains("pool.bin: missing", Assert.Single(search.Damaged).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_can_continue_while_its_checkpoint_is_deleted()
    {
        var folder = _state.Open(keep: 1);
        StateFolder.Write(folder);
        using var loaded = folder.LoadNewest().Found;
        StateFolder.Write(folder);
        Assert.False(Directory.Exists(loaded!.Description.Path));
        StateFolder.AssertIsIntact(loaded, new CheckpointId(1, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("Manifest.json")]
    [InlineData("line\n")]
    [InlineData("ümlaut")]
    public void Refuses_invalid_names_of_parts(string name)
    {
        Assert.Throws<ArgumentException>(() => _state.Open().Write(StateFolder.Content(new CheckpointId(1, 1), new CheckpointPart(name, _ => { }))));
        Assert.Empty(_state.Entries());
    }

    [Fact]
    public void Refuses_duplicate_parts_and_positions()
    {
        var content = StateFolder.Content(new CheckpointId(1, 1));
        Assert.Throws<ArgumentException>(() => _state.Open().Write(content with { Parts = [.. content.Parts, content.Parts[0]] }));
        Assert.Throws<ArgumentException>(() => _state.Open().Write(content with { Positions = [.. content.Positions, content.Positions[0]] }));
        Assert.Throws<ArgumentException>(() => _state.Open().Write(content with { Parts = [] }));
    }

    [Fact]
    public void A_full_disk_fails_the_checkpoint_and_keeps_the_earlier_ones()
    {
        var folder = _state.Open();
        StateFolder.Write(folder);
        var before = _state.Entries();
        for (var at = 0; at < 20_000; at += 1_999)
        {
            var full = new CheckpointPart("late.bin", s =>
            {
                s.Write(new byte[at]);
                throw new IOException("No space left on device", 28);
            });
            var failure = Assert.IsType<CheckpointFailure>(folder.Write(StateFolder.Content(folder.NextId(1), full)));
            Assert.EndsWith("late.bin", failure.Path, StringComparison.Ordinal);
            Assert.Contains("Free space", failure.ToString(), StringComparison.Ordinal);
            Assert.Equal(before, _state.Entries());
        }

        using var loaded = folder.LoadNewest().Found;
        StateFolder.AssertIsIntact(loaded, new CheckpointId(1, 1));
    }

    [Fact]
    public void An_exception_in_a_part_is_thrown_and_leaves_no_files()
    {
        var part = new CheckpointPart("late.bin", _ => throw new InvalidOperationException("bug"));
        Assert.Throws<InvalidOperationException>(() => _state.Open().Write(StateFolder.Content(new CheckpointId(1, 1), part)));
        Assert.Empty(_state.Entries());
    }

    [Fact]
    public void Reports_too_little_space_before_writing()
    {
        StateFolder.Write(_state.Open(free: 0));
        var touched = false;
        var failure = Assert.IsType<CheckpointFailure>(_state.Open(free: 5_300).Write(StateFolder.Content(new CheckpointId(1, 2), new CheckpointPart("x", _ => touched = true))));
        Assert.False(touched);
        Assert.Contains("5301 bytes and only 5300 are free", failure.Reason, StringComparison.Ordinal);
        Assert.IsType<CheckpointWritten>(_state.Open(free: 5_301).Write(StateFolder.Content(new CheckpointId(1, 2))));
    }

    [Fact]
    public void A_part_above_the_limit_is_neither_written_nor_read()
    {
        Assert.Contains("4999", Assert.IsType<CheckpointFailure>(_state.Open(partBytes: 4_999).Write(StateFolder.Content(new CheckpointId(1, 1)))).Reason, StringComparison.Ordinal);
        StateFolder.Write(_state.Open(partBytes: 5_000));
        Assert.Contains("must have at most 4999 bytes but has 5000", Assert.Single(_state.Open(partBytes: 4_999).LoadNewest().Damaged).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Fails_if_the_folder_is_a_file()
    {
        var path = Path.Combine(_state.Root, "file");
        File.WriteAllText(path, "");
        Assert.IsType<CheckpointFailure>(new CheckpointFolder(path, new CheckpointingOptions(), TimeProvider.System).Write(StateFolder.Content(new CheckpointId(1, 1))));
    }

    [Fact]
    public void Closing_the_stream_of_a_part_has_no_effect()
    {
        var part = new CheckpointPart("text", s =>
        {
            using var writer = new StreamWriter(s);
            writer.Write("hello");
        });
        Assert.IsType<CheckpointWritten>(_state.Open().Write(StateFolder.Content(new CheckpointId(1, 1), part)));
        using var loaded = _state.Open().LoadNewest().Found;
        Assert.Equal("hello"u8.ToArray(), StateFolder.Read(loaded!, "text"));
    }

    [Fact]
    public void A_replaced_learner_publishes_nothing()
    {
        var owner = LeaseOwner.ThisProcess();
        var old = new LearnerLease(_state.Root, owner, TimeSpan.FromSeconds(30), TimeProvider.System);
        var other = new LearnerLease(_state.Root, owner, TimeSpan.FromSeconds(30), TimeProvider.System);
        old.TakeOver();
        var folder = _state.Open();
        StateFolder.Write(folder, old.Epoch);
        var late = new CheckpointPart("late", _ => other.TakeOver());
        var stale = Assert.Throws<StaleEpochException>(() => folder.Write(StateFolder.Content(folder.NextId(old.Epoch), late)));
        Assert.Equal((1, 2), (stale.Own, stale.Current));
        Assert.Throws<StaleEpochException>(() => folder.Write(StateFolder.Content(folder.NextId(old.Epoch))));
        Assert.Equal([".lock", "checkpoint-000001-000000001", "epoch.json"], _state.Entries());
        StateFolder.Write(folder, other.Epoch);
    }

    [Fact]
    public void Writes_nothing_if_the_epoch_file_is_damaged()
    {
        File.WriteAllText(EpochFile.PathIn(_state.Root), "{}");
        var failure = Assert.IsType<CheckpointFailure>(_state.Open().Write(StateFolder.Content(new CheckpointId(1, 1))));
        Assert.Contains("delete the file", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_names_every_damaged_part()
    {
        StateFolder.Write(_state.Open());
        var path = StateFolder.Write(_state.Open()).Checkpoint.Path;
        File.Delete(Path.Combine(path, "empty"));
        File.AppendAllText(Path.Combine(path, "pool.bin"), "x");
        var described = _state.Open().Describe();
        Assert.Equal([false, true], described.Select(d => d.IsIntact));
        Assert.Equal([null, "it must have 301 bytes but has 302", "missing"], described[0].Parts.Select(p => p.Damage));
        Assert.Equal(20, described[0].Manifest!.ModelVersion);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("manifest.json")]
    [InlineData("pool.bin")]
    public async Task A_named_pipe_in_a_checkpoint_is_refused_and_not_opened(string name)
    {
        using var state = new StateFolder();
        var path = StateFolder.Write(state.Open()).Checkpoint.Path;
        File.Delete(Path.Combine(path, name));
        NamedPipe.Create(Path.Combine(path, name));
        var search = await Task.Run(() => state.Open().LoadNewest(), TestContext.Current.CancellationToken);
        Assert.Null(search.Found);
        Assert.NotNull(Assert.Single(search.Damaged).Reason);
        var inspected = await Task.Run(() => CheckpointInspection.Describe(state.Root), TestContext.Current.CancellationToken);
        Assert.NotNull(Assert.Single(inspected).Damage);
    }

    [Fact]
    public void A_sequence_number_near_the_maximum_is_refused_with_the_name_of_the_folder()
    {
        using var state = new StateFolder();
        Directory.CreateDirectory(Path.Combine(state.Root, "checkpoint-000001-9223372036854775807"));
        Assert.Contains("checkpoint-000001-9223372036854775807", Assert.Throws<IOException>(() => state.Open().NextId(1)).Message, StringComparison.Ordinal);
    }
}
