namespace HnmStreams.Offline.Search;

/// <summary>A source of float32 rows that can be read in pieces. Thread-safe.</summary>
public interface IVectorRows
{
    int Count { get; }

    int Width { get; }

    /// <summary>Fills <paramref name="into"/> with whole rows, starting at row <paramref name="first"/>.</summary>
    /// <param name="into">Its length is a multiple of the width and does not reach past the last row.</param>
    void Read(int first, Span<float> into);
}
