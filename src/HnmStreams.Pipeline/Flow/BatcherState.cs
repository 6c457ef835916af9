using HnmStreams.Data.Records;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Pipeline.Flow;

/// <summary>The state of the batcher after a batch.</summary>
/// <param name="NextBatch">The number of the next batch.</param>
internal readonly record struct BatcherState(long NextBatch, GeneratorState Generator)
{
    private const int MinPartialBytes = 24;
    private readonly IReadOnlyList<PartialRecord>? _partials;

    /// <summary>
    /// The records of which the state contains only the first rows. The position of their partition does not pass them, and a restart
    /// reads them again from the next row. At most one per partition; almost always none or one.
    /// </summary>
    public IReadOnlyList<PartialRecord> Partials
    {
        get => _partials ?? [];
        init => _partials = value;
    }

    public void Save(StateWriter writer)
    {
        writer.WriteInt64(NextBatch);
        Xoshiro256StarStar.Restore(Generator).Save(writer);
        writer.WriteInt32(Partials.Count);
        foreach (var partial in Partials)
        {
            writer.WriteString(partial.Record.Topic);
            writer.WriteInt32(partial.Record.Partition);
            writer.WriteInt64(partial.Record.Offset);
            writer.WriteInt32(partial.Rows);
        }
    }

    /// <exception cref="InvalidDataException">The state is not that of a batcher.</exception>
    public static BatcherState Read(StateReader reader)
    {
        var state = new BatcherState(reader.ReadInt64(), reader.ReadGenerator().Save());
        var partials = new List<PartialRecord>();
        for (var left = reader.ReadCount(MinPartialBytes); left > 0; left--)
        {
            var record = new Origin(reader.ReadString(), reader.ReadInt32(), reader.ReadInt64());
            var rows = reader.ReadInt32();
            partials.Add(rows > 0 ? new PartialRecord(record, rows) : throw reader.Invalid($"a record of which {rows} rows were taken"));
        }

        return state with { Partials = partials };
    }
}

/// <summary>A record that carries many examples, of which the first rows were taken.</summary>
/// <param name="Rows">The number of rows taken, 1 or more.</param>
internal readonly record struct PartialRecord(Origin Record, int Rows);
