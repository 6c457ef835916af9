namespace HnmStreams.Offline.Search;

/// <summary>Rows of float32 that are read in pieces, wherever they lie. Safe from several threads.</summary>
public interface IVectorRows
{
    int Count { get; }

    int Width { get; }

    /// <summary>Fills <paramref name="into"/> with whole rows from <paramref name="first"/> on.</summary>
    /// <param name="into">A multiple of the width, not beyond the last row.</param>
    void Read(int first, Span<float> into);
}

/// <summary>Rows that lie in memory.</summary>
public sealed class MemoryRows : IVectorRows
{
    private readonly float[] _values;

    public MemoryRows(float[] values, int width)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (values.Length % width != 0)
            throw new ArgumentException($"{values.Length} numbers are no whole rows of {width}.", nameof(values));
        (_values, Width) = (values, width);
    }

    public int Count => _values.Length / Width;

    public int Width { get; }

    public void Read(int first, Span<float> into) => _values.AsSpan(first * Width, into.Length).CopyTo(into);
}
