namespace HnmStreams.Mining.Selection;

/// <summary>The k largest values of a batch, by index. The other selections are built on it.</summary>
public static class TopK
{
    /// <summary>
    /// Appends the indices of the <paramref name="count"/> largest values, largest first. Ties are broken by the lower index. NaN is never
    /// selected. O(n + k log k) expected; allocates only a rented buffer.
    /// </summary>
    public static void Select(ReadOnlySpan<float> values, int count, ICollection<int> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (count <= 0 || values.IsEmpty)
            return;
        var order = System.Buffers.ArrayPool<long>.Shared.Rent(values.Length);
        try
        {
            var found = 0;
            for (var i = 0; i < values.Length; i++)
            {
                if (!float.IsNaN(values[i]))
                    order[found++] = KeyOf(values[i], i);
            }

            var candidates = order.AsSpan(0, found);
            if (count < found)
                Partition(candidates, count);
            var chosen = candidates[..Math.Min(count, found)];
            chosen.Sort();
            foreach (var key in chosen)
                into.Add(IndexOf(key));
        }
        finally
        {
            System.Buffers.ArrayPool<long>.Shared.Return(order);
        }
    }

    // Sorts ascending to the largest value first, then the lower index: inverted float bits above 31 bits of index.
    internal static long KeyOf(float value, int index)
    {
        var bits = BitConverter.SingleToInt32Bits(value + 0f);
        var ascending = (uint)(bits ^ ((bits >> 31) | int.MinValue));
        return ((long)~ascending << 31) | (uint)index;
    }

    internal static int IndexOf(long key) => (int)(key & int.MaxValue);

    internal static float ValueOf(long key)
    {
        var ascending = ~(uint)(key >> 31);
        return BitConverter.UInt32BitsToSingle(ascending >= 0x8000_0000 ? ascending ^ 0x8000_0000 : ~ascending);
    }

    // Quickselect (Hoare, "Find", 1961) with the median of three: moves the smallest keys before the bound, in any order.
    internal static void Partition(Span<long> keys, int bound)
    {
        var (low, high) = (0, keys.Length - 1);
        while (low < high)
        {
            var pivot = MedianOf(keys[low], keys[(low + high) / 2], keys[high]);
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (keys[i] < pivot)
                    i++;
                while (keys[j] > pivot)
                    j--;
                if (i > j)
                    continue;
                (keys[i], keys[j]) = (keys[j], keys[i]);
                i++;
                j--;
            }

            if (bound - 1 <= j)
                high = j;
            else if (bound - 1 >= i)
                low = i;
            else
                return;
        }
    }

    private static long MedianOf(long a, long b, long c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
