using System.Buffers.Binary;
using System.Globalization;

namespace HnmStreams.Data.Readers.Idx;

/// <summary>
/// An IDX file of unsigned bytes: two zero bytes, 8, the number of dimensions, each dimension as a big-endian int32, then the
/// elements in row-major order (yann.lecun.com/exdb/mnist).
/// </summary>
internal sealed class IdxStream : IDisposable
{
    private readonly string _path;
    private readonly Stream _stream;
    private readonly string _expected;

    public IdxStream(string path, int dimensions)
    {
        _path = path;
        _expected = string.Create(CultureInfo.InvariantCulture, $"an IDX file of unsigned bytes with {dimensions} dimensions, compressed by gzip or not");
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

    /// <summary>The dimensions, each 1 to 2^31 - 1. The first one is the number of items and may be 0.</summary>
    public int[] Shape { get; }

    /// <summary>Reads one item and fills the span.</summary>
    public void Read(Span<byte> bytes, int item)
    {
        try
        {
            _stream.ReadExactly(bytes);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw new DataSourceException(_path, $"The file is truncated or damaged at item {item}.", $"{Shape[0]} items according to the header", e);
        }
    }

    /// <summary>Checks that nothing follows the last item: more data would mean that the header is wrong.</summary>
    public void ExpectEnd()
    {
        if (_stream.ReadByte() >= 0)
            throw new DataSourceException(_path, "The file has data after the last item.", $"{Shape[0]} items according to the header");
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
            throw new DataSourceException(_path, "The file ends within its header or is damaged.", _expected, e);
        }

        if (!header.StartsWith((ReadOnlySpan<byte>)[0, 0, 8, (byte)dimensions]))
            throw new DataSourceException(_path, $"The file starts with {Convert.ToHexString(header[..4])}.", _expected);
        var shape = new int[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            shape[i] = BinaryPrimitives.ReadInt32BigEndian(header[(4 + (4 * i))..]);
            if (shape[i] < (i == 0 ? 0 : 1))
                throw new DataSourceException(_path, $"The header has a dimension of {shape[i]}.", _expected);
        }

        return shape;
    }
}
