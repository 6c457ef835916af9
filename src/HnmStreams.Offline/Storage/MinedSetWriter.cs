using System.Runtime.InteropServices;

namespace HnmStreams.Offline.Storage;

/// <summary>A writer of the <see cref="MinedSet"/> format. Disposing it flushes the file to disk.</summary>
internal sealed class MinedSetWriter(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);

    public void Write(MinedAnchor entry)
    {
        ReadOnlySpan<int> counts = [entry.Anchor, entry.Positives.Count, entry.Negatives.Count];
        _file.Write(MemoryMarshal.AsBytes(counts));
        Span<ScoredRow> one = stackalloc ScoredRow[1];
        foreach (var rows in (ReadOnlySpan<IReadOnlyList<ScoredRow>>)[entry.Positives, entry.Negatives])
        {
            foreach (var row in rows)
            {
                one[0] = row;
                _file.Write(MemoryMarshal.AsBytes(one));
            }
        }
    }

    public void Dispose()
    {
        _file.Flush(flushToDisk: true);
        _file.Dispose();
    }
}
