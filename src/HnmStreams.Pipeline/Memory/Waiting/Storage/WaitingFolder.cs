using System.Text.RegularExpressions;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Memory.Waiting.Storage;

/// <summary>
/// The folder of a waiting store while it runs, <c>.waiting-&lt;guid&gt;</c> in the checkpoint folder: the database that is written to, and the
/// links of the checkpoints that are being made. It is deleted at the end, and by the next learner after a kill.
/// </summary>
/// <remarks>It is beside the checkpoints, because hard links need one file system.</remarks>
internal sealed partial class WaitingFolder : IDisposable
{
    /// <summary>The prefix of the names of the database's files in a checkpoint.</summary>
    public const string PartPrefix = "waiting-";
    private const string TableFile = ".sst";

    private readonly string _root;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _checksums = new(StringComparer.Ordinal);
    private int _captures;

    /// <summary>Creates the folder. Those of earlier learners are deleted: only the learner with the lease may call this.</summary>
    /// <exception cref="WaitingStoreException">The folder cannot be created.</exception>
    public WaitingFolder(string root)
    {
        _root = Path.Combine(root, $".waiting-{Guid.NewGuid():n}");
        try
        {
            Directory.CreateDirectory(root);
            foreach (var earlier in Directory.EnumerateDirectories(root, ".waiting-*").Where(p => Name().IsMatch(Path.GetFileName(p))))
                Delete(earlier);
            Directory.CreateDirectory(Database);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WaitingStoreException.From(_root, e);
        }
    }

    /// <summary>The folder of the database.</summary>
    public string Database => Path.Combine(_root, "database");

    /// <summary>Returns a folder for the links of one checkpoint. It does not exist yet.</summary>
    public string NextCapture() => Path.Combine(_root, $"capture-{Interlocked.Increment(ref _captures)}");

    /// <summary>Links or copies the files of a checkpoint into the folder of the database. O(files), or O(bytes) without links.</summary>
    /// <exception cref="WaitingStoreException">The disk is full or failed.</exception>
    public void Restore(LoadedCheckpoint from)
    {
        try
        {
            foreach (var part in from.Manifest.Parts.Where(p => p.Name.StartsWith(PartPrefix, StringComparison.Ordinal)))
            {
                var name = part.Name[PartPrefix.Length..];
                var target = Path.Combine(Database, name);
                if (IsTable(name))
                    _checksums[name] = part.Checksum;
                // RocksDB never changes a table file, but appends to the others.
                if (IsTable(name) && HardLink.TryCreate(Path.Combine(from.Description.Path, part.Name), target))
                    continue;
                using var saved = from.OpenPart(part.Name);
                using var copy = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
                saved.CopyTo(copy);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WaitingStoreException.From(_root, e);
        }
    }

    /// <summary>Returns the parts of a checkpoint. Files that do not change are linked, and hashed once in their life.</summary>
    /// <param name="capture">The folder with the links of this checkpoint.</param>
    public IEnumerable<CheckpointPart> Parts(string capture)
    {
        var files = Directory.GetFiles(capture).Order(StringComparer.Ordinal).ToArray();
        ForgetOthers(files);
        foreach (var path in files)
        {
            var name = Path.GetFileName(path);
            yield return new CheckpointPart(PartPrefix + name, stream => Copy(path, stream)) { Fixed = IsTable(name) ? FixedFile(path, name) : null };
        }
    }

    public void Dispose() => Delete(_root);

    /// <summary>Deletes a folder. What cannot be deleted is left to the next learner.</summary>
    public static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is recognized by its name.
        }
    }

    private static bool IsTable(string name) => name.EndsWith(TableFile, StringComparison.Ordinal);

    private static void Copy(string path, Stream to)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        file.CopyTo(to);
    }

    private FixedFile FixedFile(string path, string name)
    {
        lock (_gate)
        {
            return new FixedFile(path, _checksums.GetValueOrDefault(name), checksum =>
            {
                lock (_gate)
                    _checksums[name] = checksum;
            });
        }
    }

    private void ForgetOthers(string[] files)
    {
        var names = files.Select(f => Path.GetFileName(f)).ToHashSet(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (var gone in _checksums.Keys.Where(n => !names.Contains(n)).ToArray())
                _checksums.Remove(gone);
        }
    }

    [GeneratedRegex(@"^\.waiting-[0-9a-f]{32}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
