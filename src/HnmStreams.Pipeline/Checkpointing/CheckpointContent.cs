using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>The position of a partition: the next offset that is not in the state. The ids distinguish a recreated cluster or topic of the same name.</summary>
public sealed record CheckpointPosition(string ClusterId, string Topic, string TopicId, int Partition, long NextOffset);

/// <summary>One file of a checkpoint.</summary>
/// <param name="Name">The file name; see <see cref="CheckpointNames.IsPart"/>.</param>
/// <param name="Write">Writes the whole part. The stream is forward-only, and closing it has no effect.</param>
internal sealed record CheckpointPart(string Name, Action<Stream> Write)
{
    /// <summary>The file with the content of the part, if one exists that never changes. It is linked if the file system can, and written otherwise.</summary>
    public FixedFile? Fixed { get; init; }
}

/// <summary>A file that never changes, so that a checkpoint may share it.</summary>
/// <param name="Checksum">The checksum as a <see cref="ChecksumStream"/> gives it; null if it is not known yet.</param>
/// <param name="Hashed">Called with the checksum if it was not known.</param>
internal sealed record FixedFile(string Path, string? Checksum, Action<string> Hashed);

/// <summary>The content of one checkpoint. The parts are opaque.</summary>
/// <param name="Settings">The settings that the state depends on, by key.</param>
internal sealed record CheckpointContent(
    CheckpointId Id,
    long ModelVersion,
    IReadOnlyList<CheckpointPosition> Positions,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyList<CheckpointPart> Parts);
