using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Offline.Search;

/// <summary>
/// A headerless file of float32 rows in the machine's byte order, read in pieces. Data sets larger than memory use the system's page
/// cache, which is released under memory pressure.
/// </summary>
public sealed class VectorFile : IVectorRows, IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly string _path;

    /// <exception cref="InvalidDataException">The file does not consist of whole rows of that width.</exception>
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
            throw new InvalidDataException($"{path} must hold at most {int.MaxValue} whole rows of {width} floats but has {bytes} bytes.");
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
