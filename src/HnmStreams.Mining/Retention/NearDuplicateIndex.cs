using System.Numerics;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Mining.Retention;

/// <summary>
/// Finds a resident whose signature differs in few bits: of two that differ in at most d of 64 bits, at least one of
/// d + 1 bands is the same in both (the pigeonhole of Manku, Jain and Das Sarma, "Detecting near-duplicates for web
/// crawling", WWW 2007). With a distance of 0 and a hash of the content it finds exact copies under other ids.
/// </summary>
/// <remarks>One owner, one thread. d + 1 lookups, and one comparison for each resident that shares a band.</remarks>
public sealed class NearDuplicateIndex<TKey>
    where TKey : notnull
{
    private const string Structure = "near-duplicates";
    private const int Bits = 64;
    private readonly int _distance;
    private readonly Dictionary<TKey, ulong> _signatures = [];
    private readonly Dictionary<(int Band, ulong Bits), List<TKey>> _bands = [];

    /// <param name="distance">Bits in which two near-duplicates may differ, 0 to 15: beyond it bands are too short to tell strangers apart.</param>
    public NearDuplicateIndex(int distance)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(distance);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(distance, 15);
        _distance = distance;
    }

    public int Count => _signatures.Count;

    /// <summary>A key that is there already gets the new signature.</summary>
    public void Add(TKey key, ulong signature)
    {
        Remove(key);
        _signatures.Add(key, signature);
        for (var band = 0; band <= _distance; band++)
        {
            var place = (band, BitsOf(signature, band));
            if (!_bands.TryGetValue(place, out var keys))
                _bands[place] = keys = [];
            keys.Add(key);
        }
    }

    public bool Remove(TKey key)
    {
        if (!_signatures.Remove(key, out var signature))
            return false;
        for (var band = 0; band <= _distance; band++)
        {
            var place = (band, BitsOf(signature, band));
            var keys = _bands[place];
            keys.Remove(key);
            if (keys.Count == 0)
                _bands.Remove(place);
        }

        return true;
    }

    /// <summary>The nearest resident within the distance; of equally near ones the first that was added to the first shared band.</summary>
    public bool TryFindNear(ulong signature, out TKey key)
    {
        var nearest = _distance + 1;
        key = default!;
        for (var band = 0; band <= _distance && nearest > 0; band++)
        {
            if (!_bands.TryGetValue((band, BitsOf(signature, band)), out var keys))
                continue;
            foreach (var candidate in keys)
            {
                var differing = BitOperations.PopCount(_signatures[candidate] ^ signature);
                if (differing < nearest)
                    (nearest, key) = (differing, candidate);
            }
        }

        return nearest <= _distance;
    }

    /// <summary>Everything, in an order of no meaning. O(n).</summary>
    public void Save(StateWriter writer, IStateCodec<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(keys);
        writer.Begin(Structure, 1);
        writer.WriteInt32(Count);
        foreach (var (key, signature) in _signatures)
        {
            keys.Write(writer, key);
            writer.WriteUInt64(signature);
        }
    }

    /// <summary>Takes in what was saved; under another distance too. O(n).</summary>
    /// <exception cref="InvalidDataException">The state is not an index's.</exception>
    public void Restore(StateReader reader, IStateCodec<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(keys);
        reader.Expect(Structure, 1);
        for (var count = reader.ReadCount(sizeof(ulong)); count > 0; count--)
            Add(keys.Read(reader), reader.ReadUInt64());
    }

    // The bits of a signature from one cut to the next.
    private ulong BitsOf(ulong signature, int band)
    {
        var (begin, end) = (band * Bits / (_distance + 1), (band + 1) * Bits / (_distance + 1));
        return end - begin == Bits ? signature : (signature >> begin) & ((1UL << (end - begin)) - 1);
    }
}
