using System.Runtime.InteropServices;

namespace HnmStreams.Offline.Search;

/// <summary>A writer of the <see cref="VectorFile"/> format.</summary>
public sealed class VectorFileWriter(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20);

    /// <summary>Appends whole rows.</summary>
    public void Write(ReadOnlySpan<float> rows) => _file.Write(MemoryMarshal.AsBytes(rows));

    public void Dispose() => _file.Dispose();
}
