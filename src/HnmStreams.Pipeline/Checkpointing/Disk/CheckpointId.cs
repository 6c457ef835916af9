namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>The id of a checkpoint. A later epoch is newer whatever its sequence number, since its learner has taken over.</summary>
/// <param name="Epoch">The epoch of the learner that wrote it, from 1.</param>
/// <param name="Sequence">A number that rises with every checkpoint of the folder, over all epochs.</param>
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
