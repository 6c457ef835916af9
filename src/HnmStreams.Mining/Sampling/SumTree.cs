using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// A sum tree: masses by slot, and the slot that a point of their cumulative sum falls on. Nodes have 16 children and hold their running
/// sums, so that a descent compares vectors without branches. A change recomputes the sums of its nodes from their children instead of
/// adding a difference, so that rounding errors do not accumulate.
/// </summary>
/// <remarks>
/// Single-threaded; one owner. A slot without mass is never returned: a child is chosen if the running sum exceeds the point, and only a
/// positive mass can make it exceed the point. A mass too small to change the sum (2^-53 of it) is never drawn.
/// </remarks>
public sealed class SumTree
{
    private const int Width = 16;

    // From the parents of the leaves upwards. Each level has one value per node of the level below.
    private readonly List<double[]> _levels = [new double[Width]];
    private double[] _masses = new double[Width];

    /// <summary>The sum of all masses.</summary>
    public double Total => _levels[^1][Width - 1];

    /// <summary>The mass of a slot; 0 for a slot that was never set. Reading takes O(1), writing O(log n), amortized if the tree grows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The slot is negative, or the mass is negative or not finite.</exception>
    public double this[int slot]
    {
        get => (uint)slot < (uint)_masses.Length ? _masses[slot] : 0;
        set => Set(slot, value);
    }

    /// <summary>Returns the slot that a point of the cumulative sum falls on. O(log n).</summary>
    /// <param name="point">A point in [0, <see cref="Total"/>). Beyond it, the last slot with mass is returned.</param>
    /// <exception cref="InvalidOperationException">All masses are 0.</exception>
    public int Find(double point)
    {
        if (!(Total > 0))
            throw new InvalidOperationException("No slot can be found: all masses are 0.");
        var node = 0;
        for (var level = _levels.Count - 1; level >= 0; level--)
            node = Descend(_levels[level], node, ref point);
        return node;
    }

    /// <summary>Finds the slots of many points, level by level, so that memory accesses of different points overlap. O(count log n).</summary>
    /// <param name="points">As for <see cref="Find"/>. The contents are overwritten.</param>
    /// <param name="slots">Receives the slots; at least as long as <paramref name="points"/>.</param>
    /// <exception cref="InvalidOperationException">All masses are 0.</exception>
    public void FindAll(Span<double> points, Span<int> slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots.Length, points.Length, nameof(slots));
        slots = slots[..points.Length];
        if (!(Total > 0))
            throw new InvalidOperationException("No slot can be found: all masses are 0.");
        slots.Clear();
        for (var level = _levels.Count - 1; level >= 0; level--)
        {
            var sums = _levels[level];
            for (var i = 0; i < slots.Length; i++)
                slots[i] = Descend(sums, slots[i], ref points[i]);
        }
    }

    /// <summary>Sets all masses to 0.</summary>
    public void Clear()
    {
        Array.Clear(_masses);
        foreach (var level in _levels)
            Array.Clear(level);
    }

    /// <summary>Sets a mass. O(log n), amortized if the tree grows.</summary>
    private void Set(int slot, double mass)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        if (!(mass >= 0) || double.IsInfinity(mass))
            throw new ArgumentOutOfRangeException(nameof(mass), mass, "A mass must be finite and not negative.");
        if (slot >= _masses.Length)
            Grow(slot);
        _masses[slot] = mass;
        var node = slot / Width;
        SumUp(_masses, _levels[0], node);
        for (var level = 1; level < _levels.Count; level++)
        {
            node /= Width;
            SumUpTotals(_levels[level - 1], _levels[level], node);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Descend(double[] sums, int node, ref double point)
    {
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(sums), node * Width);
        // Rounding during the descent may lead slightly past the last child.
        point = Math.Max(0, Math.Min(point, Math.BitDecrement(Unsafe.Add(ref first, Width - 1))));
        var child = CountUpTo(ref first, point);
        if (child > 0)
            point -= Unsafe.Add(ref first, child - 1);
        return (node * Width) + child;
    }

    // Counts the running sums of a node that do not exceed the point: this is the index of the child it falls on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountUpTo(ref double first, double point)
    {
        var bound = Vector256.Create(point);
        var mask = 0u;
        for (nuint i = 0; i < Width; i += 4)
            mask |= Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref first, i), bound).ExtractMostSignificantBits() << (int)i;
        return System.Numerics.BitOperations.PopCount(mask);
    }

    private static void SumUp(double[] masses, double[] sums, int node)
    {
        var sum = 0.0;
        for (var i = node * Width; i < (node + 1) * Width; i++)
            sums[i] = sum += masses[i];
    }

    private static void SumUpTotals(double[] below, double[] sums, int node)
    {
        var sum = 0.0;
        for (var i = node * Width; i < (node + 1) * Width; i++)
            sums[i] = sum += below[(i * Width) + Width - 1];
    }

    // Every level is long enough for all slots, in whole nodes.
    private void Grow(int slot)
    {
        var length = _masses.Length;
        while (length <= slot)
            length *= 2;
        Array.Resize(ref _masses, length);
        _levels.Clear();
        var nodes = length;
        do
        {
            nodes = (nodes + Width - 1) / Width;
            _levels.Add(new double[nodes * Width]);
        }
        while (nodes > 1);
        // From the top down: each value of a level has a whole node below it, possibly an empty one.
        for (var level = _levels.Count - 1; level > 0; level--)
        {
            var below = _levels[level - 1];
            if (below.Length < _levels[level].Length * Width)
            {
                Array.Resize(ref below, _levels[level].Length * Width);
                _levels[level - 1] = below;
            }
        }

        Array.Resize(ref _masses, _levels[0].Length);
        for (var node = 0; node < _levels[0].Length / Width; node++)
            SumUp(_masses, _levels[0], node);
        for (var level = 1; level < _levels.Count; level++)
        {
            for (var node = 0; node < _levels[level].Length / Width; node++)
                SumUpTotals(_levels[level - 1], _levels[level], node);
        }
    }
}
