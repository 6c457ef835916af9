using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>The next offset of a partition that is not in the state. The ids tell a re-created cluster or topic of the same name.</summary>
public sealed record CheckpointPosition(string ClusterId, string Topic, string TopicId, int Partition, long NextOffset);

/// <summary>One file of a checkpoint.</summary>
/// <param name="Name">File name: see <see cref="CheckpointNames.IsPart"/>.</param>
/// <param name="Write">Writes the whole part, forward only. The stream neither seeks nor reads, and closing it is harmless.</param>
internal sealed record CheckpointPart(string Name, Action<Stream> Write);

/// <summary>All that goes into one checkpoint. Nothing here is looked into.</summary>
/// <param name="Shape">The configuration that the state only fits under, by setting.</param>
internal sealed record CheckpointContent(
    CheckpointId Id,
    long ModelVersion,
    IReadOnlyList<CheckpointPosition> Positions,
    IReadOnlyDictionary<string, string> Shape,
    IReadOnlyList<CheckpointPart> Parts);
