using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Ranking;

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

    /// <summary>The newest whole checkpoint's account of the ids that it has taken in (<see cref="AuditOptions.Ids"/>).</summary>
    /// <param name="beyond">Examples that found no room in the account.</param>
    /// <exception cref="InvalidDataException">There is no whole checkpoint, or it keeps no account.</exception>
    public static IReadOnlyList<(ExampleKey Key, int Count)> ReadAccount(string path, out long beyond)
    {
        var (root, only) = Place(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        var newest = CheckpointNames.Newest(root).Where(c => only is null || string.Equals(Path.GetFileName(c.Path), only, StringComparison.Ordinal));
        foreach (var (folder, id) in newest)
        {
            var (_, whole) = CheckpointReader.Open(folder, id, new CheckpointingOptions().PartBytes);
            if (whole is null)
                continue;
            using (whole)
            {
                return whole.Has(RankerCapture.AccountPart)
                    ? IdAudit.Read(whole.OpenState(RankerCapture.AccountPart), out beyond)
                    : throw new InvalidDataException($"{folder} keeps no account of ids: pipeline.audit.ids was 0 when it was made.");
            }
        }

        throw new InvalidDataException($"There is no whole checkpoint in {path}.");
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
