using System.Buffers.Binary;
using System.Globalization;

namespace HnmStreams.Data.Readers.Idx;

/// <summary>
/// An idx file of unsigned bytes: two zero bytes, 8, the number of dimensions, each dimension as a big-endian int32,
/// then the elements, row-major (yann.lecun.com/exdb/mnist).
/// </summary>
internal sealed class IdxStream : IDisposable
{
    private readonly string _path;
    private readonly Stream _stream;
    private readonly string _expected;

    public IdxStream(string path, int dimensions)
    {
        _path = path;
        _expected = string.Create(CultureInfo.InvariantCulture, $"an idx file of unsigned bytes with {dimensions} dimensions, plain or packed by gzip");
        _stream = CompressedFile.Open(path, _expected);
        try
        {
            Shape = ReadHeader(dimensions);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Each 1 to 2^31 - 1; the first, the number of items, may be 0.</summary>
    public int[] Shape { get; }

    /// <summary>Reads just as many bytes.</summary>
    public void Read(Span<byte> bytes, int item)
    {
        try
        {
            _stream.ReadExactly(bytes);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw new DataSourceException(_path, $"It is cut off or damaged at item {item}.", $"{Shape[0]} items as its header says", e);
        }
    }

    /// <summary>Nothing may follow the last item: more would mean that the header is wrong.</summary>
    public void ExpectEnd()
    {
        if (_stream.ReadByte() >= 0)
            throw new DataSourceException(_path, "There are bytes behind the last item.", $"{Shape[0]} items as its header says");
    }

    public void Dispose() => _stream.Dispose();

    private int[] ReadHeader(int dimensions)
    {
        Span<byte> header = stackalloc byte[4 + (4 * dimensions)];
        try
        {
            _stream.ReadExactly(header);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw new DataSourceException(_path, "It ends inside its header, or is damaged.", _expected, e);
        }

        if (!header.StartsWith((ReadOnlySpan<byte>)[0, 0, 8, (byte)dimensions]))
            throw new DataSourceException(_path, $"It starts with {Convert.ToHexString(header[..4])}.", _expected);
        var shape = new int[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            shape[i] = BinaryPrimitives.ReadInt32BigEndian(header[(4 + (4 * i))..]);
            if (shape[i] < (i == 0 ? 0 : 1))
                throw new DataSourceException(_path, $"Its header names a dimension of {shape[i]}.", _expected);
        }

        return shape;
    }
}
