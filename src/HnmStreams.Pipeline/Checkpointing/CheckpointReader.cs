using HnmStreams.Data.Files;
using HnmStreams.Pipeline.Checkpointing.Disk;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>Checks that a checkpoint is intact. Any content of the folder gives a description, with no more memory than one buffer and a manifest.</summary>
internal static class CheckpointReader
{
    /// <summary>Opens a checkpoint. Every byte is checked. O(bytes).</summary>
    /// <returns>The description, and the open checkpoint if it is intact.</returns>
    public static (CheckpointDescription Description, LoadedCheckpoint? Intact) Open(string path, CheckpointId id, long maxPartBytes)
    {
        if (ReadManifest(path, id, maxPartBytes, out var damage) is not { } manifest)
            return (Unreadable(path, id, damage!), null);
        var files = new Dictionary<string, SafeFileHandle>(StringComparer.Ordinal);
        var parts = manifest.Parts.Select(p => Describe(p, CheckPart(path, p, files))).ToArray();
        var description = new CheckpointDescription(path, id, manifest, parts, null);
        var open = new LoadedCheckpoint(description, files);
        if (description.IsIntact)
            return (description, open);
        open.Dispose();
        return (description, null);
    }

    /// <summary>Checks manifest and lengths only, which finds the damage of a crash but not that of a failing disk. O(parts).</summary>
    public static CheckpointDescription CheckLengths(string path, CheckpointId id, long maxPartBytes) =>
        ReadManifest(path, id, maxPartBytes, out var damage) is { } manifest
            ? new CheckpointDescription(path, id, manifest, [.. manifest.Parts.Select(p => Describe(p, WrongLength(path, p)))], null)
            : Unreadable(path, id, damage!);

    private static CheckpointDescription Unreadable(string path, CheckpointId id, Exception damage) =>
        new(path, id, null, [], Reason(damage)) { IsOtherFormat = damage is CheckpointFormatException };

    private static PartDescription Describe(PartEntry part, string? damage) => new(part.Name, part.Length, part.Checksum, damage);

    private static CheckpointManifest? ReadManifest(string path, CheckpointId id, long maxPartBytes, out Exception? damage)
    {
        damage = null;
        try
        {
            return CheckpointManifest.FromFile(DurableFile.Read(Path.Combine(path, CheckpointNames.Manifest), CheckpointManifest.MaxBytes), id, maxPartBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            damage = e;
            return null;
        }
    }

    private static string? WrongLength(string path, PartEntry part)
    {
        var file = new FileInfo(Path.Combine(path, part.Name));
        return !file.Exists ? "missing" : WrongLength(part, file.Length);
    }

    private static string? WrongLength(PartEntry part, long length) =>
        length == part.Length ? null : $"it must have {part.Length} bytes but has {length}";

    private static string? CheckPart(string path, PartEntry part, Dictionary<string, SafeFileHandle> files)
    {
        try
        {
            var file = File.OpenHandle(RegularFile.Required(Path.Combine(path, part.Name)), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.SequentialScan);
            files.Add(part.Name, file);
            if (WrongLength(part, RandomAccess.GetLength(file)) is { } wrong)
                return wrong;
            return string.Equals(ChecksumStream.Of(file, part.Length), part.Checksum, StringComparison.Ordinal) ? null : "its checksum does not match: it was changed after it was written";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Reason(e);
        }
    }

    private static string Reason(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "missing",
        InvalidDataException or CheckpointFormatException => e.Message,
        _ => $"it cannot be read: {e.Message}",
    };
}
