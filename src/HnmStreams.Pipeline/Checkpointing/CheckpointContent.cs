namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>Which checkpoint: a later epoch is newer whatever its sequence number, since its learner has taken over.</summary>
/// <param name="Epoch">Of the learner that wrote it, from 1.</param>
/// <param name="Sequence">Rises with every checkpoint of the folder, over all epochs.</param>
internal readonly record struct CheckpointId(long Epoch, long Sequence) : IComparable<CheckpointId>
{
    public int CompareTo(CheckpointId other) =>
        Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Sequence.CompareTo(other.Sequence);

    public static bool operator <(CheckpointId left, CheckpointId right) => left.CompareTo(right) < 0;

    public static bool operator >(CheckpointId left, CheckpointId right) => left.CompareTo(right) > 0;

    public static bool operator <=(CheckpointId left, CheckpointId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(CheckpointId left, CheckpointId right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Epoch}.{Sequence}";
}

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
