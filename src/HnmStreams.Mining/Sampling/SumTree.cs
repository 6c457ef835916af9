using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// Masses by slot, and the slot that a point of their sum falls on. Nodes of 16, each holding the running sums of its
/// children, so that a descent compares vectors and foresees no branch. A change sums its nodes anew from their
/// children instead of adding a difference: nothing drifts, however many changes there are.
/// </summary>
/// <remarks>
/// One owner, one thread. Never gives a slot without mass: a child is chosen where the running sum passes the point,
/// and it can pass it only by a positive mass. A mass too small to move the sum at all (2^-53 of it) is never drawn.
/// </remarks>
public sealed class SumTree
{
    private const int Width = 16;

    // From the leaves' nodes up; each level has one value per node of the level below.
    private readonly List<double[]> _levels = [new double[Width]];
    private double[] _masses = new double[Width];

    public double Total => _levels[^1][Width - 1];

    /// <summary>0 for a slot that was never set. O(1).</summary>
    public double this[int slot]
    {
        get => (uint)slot < (uint)_masses.Length ? _masses[slot] : 0;
        set => Set(slot, value);
    }

    /// <summary>The slot that a point of the sum falls on. O(log n).</summary>
    /// <param name="point">In [0, <see cref="Total"/>); beyond it the last slot with mass is given.</param>
    /// <exception cref="InvalidOperationException">There is no mass.</exception>
    public int Find(double point)
    {
        if (!(Total > 0))
            throw new InvalidOperationException("There is nothing to find where all masses are 0.");
        var node = 0;
        for (var level = _levels.Count - 1; level >= 0; level--)
            node = Descend(_levels[level], node, ref point);
        return node;
    }

    /// <summary>
    /// The slots of many points at once, level by level: the next ones need not wait until the memory of the one before
    /// has arrived. O(count log n).
    /// </summary>
    /// <param name="points">As for <see cref="Find"/>; used up.</param>
    /// <param name="slots">As long as <paramref name="points"/> at least.</param>
    /// <exception cref="InvalidOperationException">There is no mass.</exception>
    public void FindAll(Span<double> points, Span<int> slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots.Length, points.Length, nameof(slots));
        slots = slots[..points.Length];
        if (!(Total > 0))
            throw new InvalidOperationException("There is nothing to find where all masses are 0.");
        slots.Clear();
        for (var level = _levels.Count - 1; level >= 0; level--)
        {
            var sums = _levels[level];
            for (var i = 0; i < slots.Length; i++)
                slots[i] = Descend(sums, slots[i], ref points[i]);
        }
    }

    public void Clear()
    {
        Array.Clear(_masses);
        foreach (var level in _levels)
            Array.Clear(level);
    }

    /// <summary>O(log n), amortised where the slot is a new one.</summary>
    /// <param name="mass">0 or more, and small enough that the sum stays finite.</param>
    private void Set(int slot, double mass)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        if (!(mass >= 0) || double.IsInfinity(mass))
            throw new ArgumentOutOfRangeException(nameof(mass), mass, "A mass is finite and not negative.");
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
        // Rounding on the way down may lead a hair's breadth past the last child.
        point = Math.Max(0, Math.Min(point, Math.BitDecrement(Unsafe.Add(ref first, Width - 1))));
        var child = CountUpTo(ref first, point);
        if (child > 0)
            point -= Unsafe.Add(ref first, child - 1);
        return (node * Width) + child;
    }

    // How many of a node's running sums are not above the point: the child that it falls on.
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

    // Every level is as long as it must be for all slots, in whole nodes.
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
        // From the top down: each place of a level has a whole node below it, were it an empty one.
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
