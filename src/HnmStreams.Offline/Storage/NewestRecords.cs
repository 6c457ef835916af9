using HnmStreams.Data.Examples;
using HnmStreams.Data.Readers;

namespace HnmStreams.Offline.Storage;

/// <summary>The newest record of each id, as in a compacted topic: a newer record replaces the older one, and a tombstone removes it.</summary>
/// <param name="skipped">Receives the counts of replaced and deleted examples.</param>
/// <remarks>Single-threaded. About 100 bytes per id.</remarks>
internal sealed class NewestRecords(SkipCounts skipped)
{
    private const int Deleted = -1;
    private const string ReplacedReason = "older records of the same id";
    private const string DeletedReason = "examples deleted by tombstones";

    private readonly Dictionary<ExampleKey, (RecordOrder Order, int Number)> _newest = [];

    /// <summary>Takes the record of an example.</summary>
    /// <param name="number">The caller's number of the example, 0 or more.</param>
    /// <returns>The number of the example that is replaced, which is <paramref name="number"/> if a newer record was taken before; null if none is.</returns>
    public int? Add(in StoreRecord record, int number) => Take(record, number);

    /// <summary>Takes a tombstone.</summary>
    /// <returns>The number of the example that is deleted; null if none is.</returns>
    public int? Delete(in StoreRecord record) => Take(record, Deleted);

    private int? Take(in StoreRecord record, int number)
    {
        var (key, order) = (record.Key, record.Order);
        var older = Deleted;
        if (!_newest.TryGetValue(key, out var before))
        {
            _newest.Add(key, (order, number));
        }
        else if (order.Replaces(before.Order))
        {
            _newest[key] = (order, number);
            older = before.Number;
        }
        else
        {
            (older, number) = (number, before.Number);
        }

        if (older == Deleted)
            return null;
        skipped.Add(number == Deleted ? DeletedReason : ReplacedReason, record.Name);
        return older;
    }
}
