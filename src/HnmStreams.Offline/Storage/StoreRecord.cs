using HnmStreams.Data.Examples;

namespace HnmStreams.Offline.Storage;

/// <summary>A record of a data set or of a topic.</summary>
/// <param name="Key">The key of the example.</param>
/// <param name="Name">The name of the record in counts: the id of the example, or the position of a tombstone whose id is not known.</param>
/// <param name="Example">The example; null for a tombstone, which removes the example with this id.</param>
/// <param name="Order">Decides which of two records of an id is the newer one.</param>
public readonly record struct StoreRecord(ExampleKey Key, string Name, Example? Example, RecordOrder Order)
{
    /// <summary>Returns the records of a data set in its order.</summary>
    public static IEnumerable<StoreRecord> Of(IEnumerable<Example> examples) =>
        examples.Select(static (example, number) => Of(example, new RecordOrder(0, number, 0)));

    /// <summary>Returns the record of an example.</summary>
    public static StoreRecord Of(Example example, RecordOrder order)
    {
        ArgumentNullException.ThrowIfNull(example);
        return new StoreRecord(ExampleKey.Of(example.Id), example.Id, example, order);
    }
}

/// <summary>The position of a record among those of its id.</summary>
/// <param name="Partition">The partition of the topic; 0 in a data set.</param>
/// <param name="Offset">The offset in the partition, or the number in the data set.</param>
/// <param name="TimestampMs">The Kafka timestamp in Unix milliseconds. It orders records of different partitions: after partitions were added, the newer record of an id may be in another one.</param>
/// <param name="Row">The index of the row, if the record carries many examples.</param>
public readonly record struct RecordOrder(int Partition, long Offset, long TimestampMs, int Row = 0)
{
    /// <summary>Returns true if this record replaces <paramref name="other"/>. Of two records of the same time in different partitions, the one that is read later does.</summary>
    public bool Replaces(RecordOrder other) => Partition == other.Partition ? (Offset, Row).CompareTo((other.Offset, other.Row)) > 0 : TimestampMs >= other.TimestampMs;
}
