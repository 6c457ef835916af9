using System.Numerics;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Mining.Retention;

/// <summary>
/// An index of 64-bit signatures that finds entries within a small Hamming distance. If two signatures differ in at most d bits, at least
/// one of d + 1 bands is equal in both (pigeonhole principle; Manku, Jain and Das Sarma, "Detecting near-duplicates for web crawling", WWW
/// 2007). With distance 0 and a content hash it finds exact copies under other ids.
/// </summary>
/// <typeparam name="TKey">Key of an entry.</typeparam>
/// <remarks>Single-threaded; one owner. A search takes d + 1 lookups, and one comparison per entry that shares a band.</remarks>
internal sealed class NearDuplicateIndex<TKey>
    where TKey : notnull
{
    private const string Structure = "near-duplicates";
    private const int Bits = 64;
    private readonly int _distance;
    private readonly Dictionary<TKey, ulong> _signatures = [];
    private readonly Dictionary<(int Band, ulong Bits), List<TKey>> _bands = [];

    /// <summary>Creates an empty index.</summary>
    /// <param name="distance">Maximum number of differing bits of two near-duplicates, 0 to 15. With longer distances the bands become too
    /// short to be selective.</param>
    public NearDuplicateIndex(int distance)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(distance);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(distance, 15);
        _distance = distance;
    }

    /// <summary>The number of entries.</summary>
    public int Count => _signatures.Count;

    /// <summary>Adds an entry, or replaces the signature of an existing one.</summary>
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

    /// <summary>Removes an entry.</summary>
    /// <returns>False if the key is not in the index.</returns>
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

    /// <summary>Finds the nearest entry within the distance. Ties are broken by band, then by insertion order.</summary>
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

    /// <summary>Writes all entries, in no particular order. O(n).</summary>
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

    /// <summary>Adds the saved entries. The distance may differ from the saved index's. O(n).</summary>
    /// <exception cref="InvalidDataException">The data is not a saved index.</exception>
    public void Restore(StateReader reader, IStateCodec<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(keys);
        reader.Expect(Structure, 1);
        for (var count = reader.ReadCount(sizeof(ulong)); count > 0; count--)
            Add(keys.Read(reader), reader.ReadUInt64());
    }

    // The bits of a signature that belong to a band.
    private ulong BitsOf(ulong signature, int band)
    {
        var (begin, end) = (band * Bits / (_distance + 1), (band + 1) * Bits / (_distance + 1));
        return end - begin == Bits ? signature : (signature >> begin) & ((1UL << (end - begin)) - 1);
    }
}
