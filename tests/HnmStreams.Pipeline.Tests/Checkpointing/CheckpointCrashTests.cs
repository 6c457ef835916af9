using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Tests.Checkpointing;

/// <summary>Tests that a kill after any step of a write leaves the old or the new checkpoint complete.</summary>
public sealed class CheckpointCrashTests : IDisposable
{
    private static readonly CheckpointId Old = new(1, 1);
    private static readonly CheckpointId New = new(1, 2);
    private readonly StateFolder _state = new();

    public CheckpointCrashTests() => StateFolder.Write(_state.Open(keep: 1));

    public void Dispose() => _state.Dispose();

    [Fact]
    public void A_kill_after_any_step_leaves_the_old_or_the_new_checkpoint()
    {
        var states = new List<(string Step, StateFolder State, CheckpointId Expected)>();
        void AddState(string step, CheckpointId expected) => states.Add((step, _state.Copy(), expected));

        var content = StateFolder.Content(New);
        using (var draft = new CheckpointDraft(_state.Root, New, 1 << 20))
        {
            AddState("folder created", Old);
            foreach (var part in content.Parts)
            {
                draft.Add(new CheckpointPart(part.Name, stream =>
                {
                    AddState("part created", Old);
                    var bytes = new MemoryStream();
                    part.Write(bytes);
                    var all = bytes.ToArray();
                    for (var at = 0; at < all.Length; at += 1_000)
                    {
                        stream.Write(all.AsSpan(at, Math.Min(1_000, all.Length - at)));
                        stream.Flush();
                        AddState($"{part.Name} at {at}", Old);
                    }
                }));
                AddState(part.Name, Old);
            }

            draft.Seal(new CheckpointManifest(
                CheckpointManifest.CurrentFormat, New.Epoch, New.Sequence, default, content.ModelVersion, content.Positions, content.Settings, draft.Parts));
            AddState("manifest", Old);
            draft.Publish(() => AddState("under the lock", Old));
            AddState("published", New);
        }

        // Retention renames the folder first and then deletes its files.
        var renamed = Path.Combine(_state.Root, CheckpointNames.Deleting(Old));
        Directory.Move(Path.Combine(_state.Root, CheckpointNames.Folder(Old)), renamed);
        AddState("renamed", New);
        foreach (var file in Directory.GetFiles(renamed))
        {
            File.Delete(file);
            AddState("deleting", New);
        }

        Assert.True(states.Count > 20);
        foreach (var (_, state, expected) in states)
        {
            using var copy = state;
            var folder = copy.Open(keep: 1);
            var search = folder.LoadNewest();
            using (var loaded = search.Found)
                StateFolder.AssertIsIntact(loaded, expected);
            Assert.Empty(search.Damaged);

            // The next run writes a checkpoint and leaves nothing of the killed one.
            var next = StateFolder.Write(folder).Checkpoint;
            Assert.Equal([".lock", Path.GetFileName(next.Path)], copy.Entries());
        }
    }

    [Fact]
    public void Falls_back_to_the_old_checkpoint_if_a_power_failure_truncates_a_file()
    {
        var newest = StateFolder.Write(_state.Open(keep: 2)).Checkpoint;
        foreach (var name in Directory.GetFiles(newest.Path).Select(Path.GetFileName))
        {
            var length = new FileInfo(Path.Combine(newest.Path, name!)).Length;
            for (var kept = -1L; kept < length; kept += 97)
            {
                using var copy = _state.Copy();
                var file = Path.Combine(copy.Root, Path.GetFileName(newest.Path), name!);
                if (kept < 0)
                {
                    File.Delete(file);
                }
                else
                {
                    using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write);
                    RandomAccess.SetLength(handle, kept);
                }

                var search = copy.Open().LoadNewest();
                using var loaded = search.Found;
                StateFolder.AssertIsIntact(loaded, Old);
                Assert.Contains(name!, Assert.Single(search.Damaged).Reason, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Detects_files_of_another_checkpoint()
    {
        var newest = StateFolder.Write(_state.Open(keep: 2)).Checkpoint.Path;
        var old = Path.Combine(_state.Root, CheckpointNames.Folder(Old));
        foreach (var name in new[] { "pool.bin", "weights.safetensors", "manifest.json" })
        {
            using var copy = _state.Copy();
            File.Copy(Path.Combine(old, name), Path.Combine(copy.Root, Path.GetFileName(newest), name), overwrite: true);
            using var loaded = copy.Open().LoadNewest().Found;
            StateFolder.AssertIsIntact(loaded, Old);
        }
    }

    [Fact]
    public void Keeps_the_unfinished_folder_of_a_learner_with_a_higher_epoch()
    {
        using var other = new CheckpointDraft(_state.Root, new CheckpointId(2, 2), 1 << 20);
        StateFolder.Write(_state.Open(keep: 1));
        Assert.Single(_state.Entries(), e => e.StartsWith(".writing-000002-", StringComparison.Ordinal));
    }
}
