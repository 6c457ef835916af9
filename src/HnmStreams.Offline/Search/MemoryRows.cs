namespace HnmStreams.Offline.Search;

/// <summary>Rows of float32 in memory.</summary>
public sealed class MemoryRows : IVectorRows
{
    private readonly float[] _values;

    public MemoryRows(float[] values, int width)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (values.Length % width != 0)
            throw new ArgumentException($"The number of values must be a multiple of the row width {width} but is {values.Length}.", nameof(values));
        (_values, Width) = (values, width);
    }

    public int Count => _values.Length / Width;

    public int Width { get; }

    public void Read(int first, Span<float> into) => _values.AsSpan(first * Width, into.Length).CopyTo(into);
}
