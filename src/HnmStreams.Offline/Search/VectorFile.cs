using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Offline.Search;

/// <summary>
/// Rows of float32 in a file and nothing else, in the machine's byte order: what is too large for memory is read in pieces
/// and stays in the system's page cache, which gives it up where memory is short.
/// </summary>
public sealed class VectorFile : IVectorRows, IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly string _path;

    /// <exception cref="InvalidDataException">The file does not hold whole rows of that width.</exception>
    public VectorFile(string path, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (_path, Width) = (path, width);
        _file = File.OpenHandle(path);
        var bytes = RandomAccess.GetLength(_file);
        var row = (long)width * sizeof(float);
        if (bytes % row != 0 || bytes / row > int.MaxValue)
        {
            _file.Dispose();
            throw new InvalidDataException($"{path} has {bytes} bytes, which is no number of rows of {width} floats up to {int.MaxValue}.");
        }

        Count = (int)(bytes / row);
    }

    public int Count { get; }

    public int Width { get; }

    public void Read(int first, Span<float> into)
    {
        var bytes = MemoryMarshal.AsBytes(into);
        var offset = (long)first * Width * sizeof(float);
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0)
                throw new EndOfStreamException($"{_path} ends before row {first + (into.Length / Width)}.");
            offset += read;
            bytes = bytes[read..];
        }
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>Writes a <see cref="VectorFile"/>, row after row.</summary>
public sealed class VectorFileWriter(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20);

    public void Write(ReadOnlySpan<float> rows) => _file.Write(MemoryMarshal.AsBytes(rows));

    public void Dispose() => _file.Dispose();
}
