using HnmStreams.Data.Examples;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Memory;

/// <summary>
/// Counts how often the state has taken in each id, to check that no record was lost or counted twice. For audits and tests. Off by
/// default, since it grows with the stream up to its limit.
/// </summary>
/// <param name="capacity">The maximum number of ids. Examples with further ids are counted together.</param>
/// <remarks>Owned by the ranking stage. O(1) per example, 40 bytes per id.</remarks>
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
            Uncounted++;
    }

    /// <summary>The number of examples whose ids were beyond the capacity.</summary>
    public long Uncounted { get; private set; }

    /// <summary>Captures a copy, to be written on another thread. O(n).</summary>
    public Action<StateWriter> Capture()
    {
        var (uncounted, counts) = (Uncounted, _counts.ToArray());
        return writer =>
        {
            writer.Begin(Structure, 1);
            writer.WriteInt64(uncounted);
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
        var counts = Read(reader, out var uncounted);
        Uncounted = uncounted;
        foreach (var (key, count) in counts)
            _counts[key] = count;
    }

    /// <summary>Reads the saved counts.</summary>
    /// <exception cref="InvalidDataException">The state is not that of an id audit.</exception>
    public static IReadOnlyList<(ExampleKey Key, int Count)> Read(StateReader reader, out long uncounted)
    {
        reader.Expect(Structure, 1);
        uncounted = reader.ReadInt64();
        var counts = new (ExampleKey, int)[reader.ReadCount(20)];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = (ExampleKeyCodec.Instance.Read(reader), reader.ReadInt32());
        return counts;
    }
}
