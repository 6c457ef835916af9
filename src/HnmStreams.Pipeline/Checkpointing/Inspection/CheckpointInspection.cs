using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing.Inspection;

/// <summary>One file of a checkpoint.</summary>
/// <param name="Damage">The damage; null if it is intact.</param>
public sealed record InspectedPart(string Name, long Bytes, string? Damage);

/// <summary>A description of a checkpoint, without a learner.</summary>
/// <param name="Id">Epoch and sequence.</param>
/// <param name="Damage">All damage; null for an intact checkpoint.</param>
/// <param name="Created">The time of writing. This and the following values are null or empty if the manifest cannot be read.</param>
public sealed record InspectedCheckpoint(
    string Path,
    string Id,
    string? Damage,
    DateTimeOffset? Created,
    long? ModelVersion,
    IReadOnlyList<CheckpointPosition> Positions,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyList<InspectedPart> Parts);

/// <summary>Read-only inspection of checkpoints, intact or damaged.</summary>
public static class CheckpointInspection
{
    /// <summary>Describes checkpoints. Every byte is checked. O(bytes).</summary>
    /// <param name="path">A checkpoint, or a folder of them.</param>
    /// <returns>The checkpoints, newest first.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static IReadOnlyList<InspectedCheckpoint> Describe(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(full))
            throw new DirectoryNotFoundException($"The folder {full} does not exist.");
        var (root, only) = Locate(full);
        return
        [
            .. new CheckpointFolder(root, new CheckpointingOptions(), TimeProvider.System).Describe()
                .Where(d => only is null || string.Equals(Path.GetFileName(d.Path), only, StringComparison.Ordinal))
                .Select(Of),
        ];
    }

    /// <summary>Opens the newest intact checkpoint. O(bytes).</summary>
    /// <param name="path">A checkpoint, or a folder of them.</param>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="InvalidDataException">There is no intact checkpoint.</exception>
    internal static LoadedCheckpoint OpenNewest(string path)
    {
        var (root, only) = Locate(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return CheckpointNames.Newest(root)
            .Where(c => only is null || string.Equals(Path.GetFileName(c.Path), only, StringComparison.Ordinal))
            .Select(c => CheckpointReader.Open(c.Path, c.Id, new CheckpointingOptions().PartBytes).Intact)
            .FirstOrDefault(intact => intact is not null)
            ?? throw new InvalidDataException($"There is no intact checkpoint in {path}.");
    }

    // The path of a checkpoint is its own folder or its parent.
    private static (string Root, string? Only) Locate(string path) =>
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
        description.Manifest?.Settings ?? new Dictionary<string, string>(StringComparer.Ordinal),
        [.. description.Parts.Select(p => new InspectedPart(p.Name, p.Length, p.Damage))]);
}
