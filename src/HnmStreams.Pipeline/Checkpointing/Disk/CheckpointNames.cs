using System.Globalization;
using System.Text.RegularExpressions;

namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>The names of files and folders. Files with other names are never read, moved or deleted.</summary>
internal static partial class CheckpointNames
{
    public const string Manifest = "manifest.json";
    /// <summary>The highest epoch. Real learners stay far below; a higher one comes from a damaged or forged file.</summary>
    public const long MaxEpoch = 1_000_000_000_000;

    /// <summary>The highest sequence number, with the same margin.</summary>
    public const long MaxSequence = 1_000_000_000_000_000;

    private const int MaxPartName = 100;

    /// <summary>Returns the name of the folder of a checkpoint.</summary>
    public static string Folder(CheckpointId id) => $"checkpoint-{Digits(id)}";

    /// <summary>Returns the name of a folder that is being written. The last part distinguishes two attempts at one checkpoint.</summary>
    public static string Writing(CheckpointId id) => $".writing-{Digits(id)}-{Guid.NewGuid():n}";

    /// <summary>Returns the name of a folder that is being deleted. It is renamed first, since deleting takes several steps.</summary>
    public static string Deleting(CheckpointId id) => $".deleting-{Digits(id)}-{Guid.NewGuid():n}";

    /// <summary>Returns a name for a checkpoint that does not count, since the archive has another one. Nothing reads or deletes it.</summary>
    public static string Unpublished(CheckpointId id) => $"unpublished-{Digits(id)}-{Guid.NewGuid():n}";

    /// <summary>Returns true for a valid name of a part: letters, digits, point, dash and underscore, not starting with a point, and not the manifest. Such a name cannot leave the folder.</summary>
    public static bool IsPart(string? name) =>
        name is { Length: > 0 and <= MaxPartName } && PartName().IsMatch(name) && !string.Equals(name, Manifest, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns all checkpoints of a folder, intact or damaged, newest first. Empty if there is no folder.</summary>
    public static IReadOnlyList<(string Path, CheckpointId Id)> Newest(string root) =>
        [.. Folders(root, "checkpoint-*", FolderName()).Where(f => string.Equals(Path.GetFileName(f.Path), Folder(f.Id), StringComparison.Ordinal)).OrderByDescending(f => f.Id)];

    /// <summary>Returns the folders that earlier runs have left half written or half deleted.</summary>
    public static IReadOnlyList<(string Path, CheckpointId Id)> Leftovers(string root) => Folders(root, ".*", LeftoverName());

    private static List<(string Path, CheckpointId Id)> Folders(string root, string pattern, Regex name)
    {
        var found = new List<(string, CheckpointId)>();
        if (!Directory.Exists(root))
            return found;
        foreach (var path in Directory.EnumerateDirectories(root, pattern))
        {
            var match = name.Match(Path.GetFileName(path));
            if (match.Success && Number(match.Groups["epoch"].Value, out var epoch) && Number(match.Groups["sequence"].Value, out var sequence))
                found.Add((path, new CheckpointId(epoch, sequence)));
        }

        return found;
    }

    private static string Digits(CheckpointId id) => string.Create(CultureInfo.InvariantCulture, $"{id.Epoch:D6}-{id.Sequence:D9}");

    private static bool Number(string digits, out long value) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    [GeneratedRegex(@"^[A-Za-z0-9_-][A-Za-z0-9._-]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex PartName();

    [GeneratedRegex(@"^checkpoint-(?<epoch>[0-9]{6,19})-(?<sequence>[0-9]{9,19})\z", RegexOptions.NonBacktracking)]
    private static partial Regex FolderName();

    [GeneratedRegex(@"^\.(?:writing|deleting)-(?<epoch>[0-9]{6,19})-(?<sequence>[0-9]{9,19})-[0-9a-f]{32}\z", RegexOptions.NonBacktracking)]
    private static partial Regex LeftoverName();
}
