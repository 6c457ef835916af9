using System.Numerics;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Mining.Windows;

/// <summary>
/// An estimate of the number of distinct keys by linear counting (Whang, Vander-Zanden and Taylor, "A linear-time probabilistic counting
/// algorithm for database applications", ACM TODS 15(2), 1990, equation 1). The standard error is below 1 % up to a million keys; beyond
/// <see cref="MaxEstimate"/> the estimate stays there.
/// </summary>
/// <remarks>Single-threaded; one owner. 32 KiB. <see cref="Add"/> is O(1), <see cref="Estimate"/> is O(1).</remarks>
public sealed class DistinctCount
{
    private const string Structure = "distinct count";
    private const int Bits = 1 << 18;

    private readonly ulong[] _map = new ulong[Bits / 64];
    private int _set;

    /// <summary>The largest estimate: all bits but one are set.</summary>
    public static double MaxEstimate => Bits * Math.Log(Bits);

    /// <summary>The estimated number of distinct keys.</summary>
    public double Estimate => -Bits * Math.Log(Math.Max(1, Bits - _set) / (double)Bits);

    /// <summary>Adds a key.</summary>
    /// <param name="hash">A hash of the key whose bits are uniformly distributed.</param>
    public void Add(ulong hash)
    {
        ref var word = ref _map[(hash % Bits) / 64];
        var bit = 1UL << (int)(hash % 64);
        _set += (word & bit) == 0 ? 1 : 0;
        word |= bit;
    }

    /// <summary>Writes the state.</summary>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 1);
        writer.WriteArray<ulong>(_map);
    }

    /// <summary>Restores a saved state.</summary>
    /// <exception cref="InvalidDataException">The data is not a saved count.</exception>
    public void Restore(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        var saved = reader.ReadArray<ulong>();
        if (saved.Length != _map.Length)
            throw reader.Invalid($"{saved.Length} words instead of {_map.Length}");
        saved.CopyTo(_map, 0);
        _set = _map.Sum(static word => BitOperations.PopCount(word));
    }
}
