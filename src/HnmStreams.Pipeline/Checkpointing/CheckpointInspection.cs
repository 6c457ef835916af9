using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>One file of a checkpoint.</summary>
/// <param name="Damage">Why it is not as it was written; null for a sound one.</param>
public sealed record InspectedPart(string Name, long Bytes, string? Damage);

/// <summary>What can be said of a checkpoint without a learner.</summary>
/// <param name="Id">Epoch and sequence.</param>
/// <param name="Damage">All that is wrong with it; null for a whole one.</param>
/// <param name="Created">Null, like all that follows, where the manifest cannot be read.</param>
public sealed record InspectedCheckpoint(
    string Path,
    string Id,
    string? Damage,
    DateTimeOffset? Created,
    long? ModelVersion,
    IReadOnlyList<CheckpointPosition> Positions,
    IReadOnlyDictionary<string, string> Shape,
    IReadOnlyList<InspectedPart> Parts);

/// <summary>Looks into checkpoints, whole or not, and changes nothing.</summary>
public static class CheckpointInspection
{
    /// <summary>Every byte is checked. O(bytes).</summary>
    /// <param name="path">A checkpoint, or a folder of them.</param>
    /// <returns>Newest first.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<InspectedCheckpoint> Describe(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(full))
            throw new DirectoryNotFoundException($"There is no folder {full}.");
        var (root, only) = Place(full);
        return
        [
            .. new CheckpointFolder(root, new CheckpointingOptions(), TimeProvider.System).Describe()
                .Where(d => only is null || string.Equals(Path.GetFileName(d.Path), only, StringComparison.Ordinal))
                .Select(Of),
        ];
    }

    /// <summary>Opens the newest whole checkpoint. O(bytes).</summary>
    /// <param name="path">A checkpoint, or a folder of them.</param>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="InvalidDataException">There is no whole checkpoint.</exception>
    internal static LoadedCheckpoint OpenNewest(string path)
    {
        var (root, only) = Place(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return CheckpointNames.Newest(root)
            .Where(c => only is null || string.Equals(Path.GetFileName(c.Path), only, StringComparison.Ordinal))
            .Select(c => CheckpointReader.Open(c.Path, c.Id, new CheckpointingOptions().PartBytes).Whole)
            .FirstOrDefault(whole => whole is not null)
            ?? throw new InvalidDataException($"There is no whole checkpoint in {path}.");
    }

    // A checkpoint is named by its own folder or by the one around it.
    private static (string Root, string? Only) Place(string path) =>
        Path.GetDirectoryName(path) is { } parent && CheckpointNames.Newest(parent).Any(c => string.Equals(c.Path, path, StringComparison.Ordinal))
            ? (parent, Path.GetFileName(path))
            : (path, null);

    private static InspectedCheckpoint Of(CheckpointDescription description) => new(
        description.Path,
        description.Id.ToString(),
        description.Reason,
        description.Manifest?.Created,
        description.Manifest?.ModelVersion,
        description.Manifest?.Positions ?? [],
        description.Manifest?.Shape ?? new Dictionary<string, string>(StringComparer.Ordinal),
        [.. description.Parts.Select(p => new InspectedPart(p.Name, p.Length, p.Damage))]);
}
