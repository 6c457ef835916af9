using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>The deletion of checkpoints older than the last N intact ones, and of the leftovers of earlier runs.</summary>
internal static class CheckpointRetention
{
    /// <summary>
    /// Returns the checkpoints to delete. Damaged ones do not count, and are deleted when enough intact ones are newer. With fewer
    /// than <paramref name="keep"/> intact ones, nothing is deleted.
    /// </summary>
    public static IReadOnlyList<CheckpointId> ToDelete(IEnumerable<(CheckpointId Id, bool IsIntact)> present, int keep)
    {
        var newestFirst = present.OrderByDescending(p => p.Id).ToArray();
        var kept = newestFirst.Where(p => p.IsIntact).Take(keep).ToArray();
        return kept.Length < keep ? [] : [.. newestFirst.Where(p => p.Id < kept[^1].Id).Select(p => p.Id)];
    }

    /// <summary>Deletes the checkpoints that are too old. Readers see each of them complete or not at all.</summary>
    /// <returns>The folders that could not be deleted.</returns>
    public static IReadOnlyList<DamagedCheckpoint> Apply(string root, int keep, long maxPartBytes)
    {
        var present = CheckpointNames.Newest(root);
        var older = ToDelete(present.Select(p => (p.Id, CheckpointReader.CheckLengths(p.Path, p.Id, maxPartBytes).IsIntact)), keep).ToHashSet();
        return Delete(present.Where(p => older.Contains(p.Id)).Select(p => (p.Path, (string?)Path.Combine(root, CheckpointNames.Deleting(p.Id)))));
    }

    /// <summary>Deletes the unfinished folders of learners up to <paramref name="epoch"/>, which can no longer finish them.</summary>
    public static IReadOnlyList<DamagedCheckpoint> RemoveLeftovers(string root, long epoch) =>
        Delete(CheckpointNames.Leftovers(root).Where(l => l.Id.Epoch <= epoch).Select(l => (l.Path, (string?)null)));

    private static List<DamagedCheckpoint> Delete(IEnumerable<(string Path, string? Aside)> folders)
    {
        var failed = new List<DamagedCheckpoint>();
        foreach (var (path, aside) in folders)
        {
            try
            {
                if (aside is not null)
                    Directory.Move(path, aside);
                Directory.Delete(aside ?? path, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failed.Add(new DamagedCheckpoint(path, e.Message));
            }
        }

        return failed;
    }
}
