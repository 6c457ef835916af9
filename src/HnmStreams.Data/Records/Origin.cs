namespace HnmStreams.Data.Records;

/// <summary>The topic, partition and offset of a record.</summary>
public readonly record struct Origin(string Topic, int Partition, long Offset)
{
    public override string ToString() => $"{Topic}[{Partition}]@{Offset}";
}
