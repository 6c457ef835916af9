using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Cluster.Wire;

/// <summary>An array of integers with the number of bytes per value that the largest one needs: 1, 2 or 4. O(values).</summary>
internal static class NarrowArray
{
    public static void Write(StateWriter writer, ReadOnlySpan<int> values)
    {
        var (least, largest) = (0, 0);
        foreach (var value in values)
            (least, largest) = (Math.Min(least, value), Math.Max(largest, value));
        if (least >= 0 && largest <= byte.MaxValue)
            Write(writer, values, 1, static value => (byte)value);
        else if (least >= 0 && largest <= ushort.MaxValue)
            Write(writer, values, 2, static value => (ushort)value);
        else
            Write(writer, values, 4, static value => value);
    }

    /// <exception cref="InvalidDataException">The data is not such an array.</exception>
    public static int[] Read(StateReader reader) => reader.ReadInt32() switch
    {
        1 => Widen(reader.ReadSpan()),
        2 => Array.ConvertAll(reader.ReadArray<ushort>(), static value => (int)value),
        4 => reader.ReadArray<int>(),
        var width => throw reader.Invalid($"an array of {width} bytes per value"),
    };

    private static int[] Widen(ReadOnlySpan<byte> values)
    {
        var wide = new int[values.Length];
        for (var i = 0; i < wide.Length; i++)
            wide[i] = values[i];
        return wide;
    }

    private static void Write<T>(StateWriter writer, ReadOnlySpan<int> values, int width, Func<int, T> narrow)
        where T : unmanaged
    {
        writer.WriteInt32(width);
        var narrowed = new T[values.Length];
        for (var i = 0; i < values.Length; i++)
            narrowed[i] = narrow(values[i]);
        writer.WriteArray<T>(narrowed);
    }
}
