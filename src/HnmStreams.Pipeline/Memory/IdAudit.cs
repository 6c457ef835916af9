using HnmStreams.Data.Examples;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Memory;

/// <summary>
/// Which examples the state has taken in and how often: the state's own answer to whether anything was lost or counted
/// twice. For audits and tests; off by default, since it grows with the stream up to its bound.
/// </summary>
/// <param name="capacity">Ids at most; those beyond are only counted.</param>
/// <remarks>Owned by the ranking stage. O(1) an example, 40 bytes an id.</remarks>
internal sealed class IdAudit(int capacity)
{
    /// <summary>The part of a checkpoint.</summary>
    public const string PartName = "id-audit.bin";

    private const string Structure = "id audit";
    private readonly Dictionary<ExampleKey, int> _counts = [];

    public void Add(ExampleKey key)
    {
        if (_counts.Count < capacity || _counts.ContainsKey(key))
            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        else
            Beyond++;
    }

    /// <summary>Examples that found no room in the account.</summary>
    public long Beyond { get; private set; }

    /// <summary>A copy, to be written on another thread. O(n).</summary>
    public Action<StateWriter> Capture()
    {
        var (beyond, counts) = (Beyond, _counts.ToArray());
        return writer =>
        {
            writer.Begin(Structure, 1);
            writer.WriteInt64(beyond);
            writer.WriteInt32(counts.Length);
            foreach (var (key, count) in counts)
            {
                ExampleKeyCodec.Instance.Write(writer, key);
                writer.WriteInt32(count);
            }
        };
    }

    public void Restore(StateReader reader)
    {
        var counts = Read(reader, out var beyond);
        Beyond = beyond;
        foreach (var (key, count) in counts)
            _counts[key] = count;
    }

    /// <exception cref="InvalidDataException">No account is there.</exception>
    public static IReadOnlyList<(ExampleKey Key, int Count)> Read(StateReader reader, out long beyond)
    {
        reader.Expect(Structure, 1);
        beyond = reader.ReadInt64();
        var counts = new (ExampleKey, int)[reader.ReadCount(20)];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = (ExampleKeyCodec.Instance.Read(reader), reader.ReadInt32());
        return counts;
    }
}
