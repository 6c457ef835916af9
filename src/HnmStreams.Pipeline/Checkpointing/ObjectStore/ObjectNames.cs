using System.Globalization;
using System.Text.RegularExpressions;
using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing.ObjectStore;

/// <summary>The keys of the objects. Objects with other keys are never read or deleted.</summary>
internal static partial class ObjectNames
{
    public const string Lease = "lease.json";
    public const string CheckpointPrefix = "checkpoint-";
    public const string SharedPrefix = "shared-";

    /// <summary>Returns the prefix of the objects of a checkpoint.</summary>
    public static string Checkpoint(CheckpointId id) => $"{CheckpointNames.Folder(id)}/";

    public static string Manifest(CheckpointId id) => Checkpoint(id) + CheckpointNames.Manifest;

    /// <summary>
    /// Returns the prefix of the objects of a part. A part that several checkpoints share is named by its content, in the epoch of the checkpoint: a learner
    /// deletes shared parts of its own and earlier epochs only, so a replaced learner cannot delete one that its successor relies on.
    /// </summary>
    public static string Part(CheckpointId id, PartEntry part) => part.IsLinked
        ? string.Create(CultureInfo.InvariantCulture, $"{Shared(id.Epoch)}{part.Name}-{part.Checksum}-{part.Length}/")
        : $"{Checkpoint(id)}{part.Name}/";

    /// <summary>Returns the prefix of the shared parts of an epoch.</summary>
    public static string Shared(long epoch) => string.Create(CultureInfo.InvariantCulture, $"{SharedPrefix}{epoch:D6}/");

    /// <summary>Returns the key of a byte range of a part.</summary>
    /// <param name="part">See <see cref="Part"/>.</param>
    public static string Range(string part, int index) => string.Create(CultureInfo.InvariantCulture, $"{part}{index:D6}");

    /// <summary>Returns the checkpoint whose manifest has this key; null for other keys.</summary>
    public static CheckpointId? ManifestOf(string key) =>
        CheckpointKey().Match(key) is { Success: true } match && Id(match) is { } id && string.Equals(key, Manifest(id), StringComparison.Ordinal) ? id : null;

    /// <summary>Returns the epoch in a key of a checkpoint or of a shared part; null for other keys.</summary>
    public static long? EpochOf(string key) =>
        CheckpointKey().Match(key) is { Success: true } checkpoint ? Id(checkpoint)?.Epoch
        : SharedKey().Match(key) is { Success: true } shared && Number(shared.Groups["epoch"], out var epoch) ? epoch
        : null;

    private static CheckpointId? Id(Match match) =>
        Number(match.Groups["epoch"], out var epoch) && Number(match.Groups["sequence"], out var sequence) ? new CheckpointId(epoch, sequence) : null;

    private static bool Number(Group digits, out long value) => long.TryParse(digits.Value, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    [GeneratedRegex(@"^checkpoint-(?<epoch>[0-9]{6,19})-(?<sequence>[0-9]{9,19})/", RegexOptions.NonBacktracking)]
    private static partial Regex CheckpointKey();

    [GeneratedRegex(@"^shared-(?<epoch>[0-9]{6,19})/", RegexOptions.NonBacktracking)]
    private static partial Regex SharedKey();
}
