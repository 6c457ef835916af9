using System.Buffers.Binary;

namespace HnmStreams.Data.Wire.Arrow.Messages;

/// <summary>The nodes and buffers of one batch, read in the order of the schema. Every buffer lies inside the body of its message.</summary>
internal ref struct ArrowBuffers
{
    // RecordBatch in Message.fbs: length, nodes, buffers, compression.
    private const int LengthField = 0, NodesField = 1, BuffersField = 2, CompressionField = 3;
    private const int NodeBytes = 16, BufferBytes = 16;

    private readonly ReadOnlySpan<byte> _nodes;
    private readonly ReadOnlySpan<byte> _buffers;
    private readonly int _bodyStart;
    private readonly int _bodyLength;
    private int _node;
    private int _buffer;

    /// <param name="header">The metadata of a record batch.</param>
    /// <exception cref="ArrowFormatException">The batch is compressed, or its metadata is damaged.</exception>
    public ArrowBuffers(FlatTable header, int bodyStart, int bodyLength)
    {
        if (header.TryTable(CompressionField, out _))
            throw new ArrowFormatException("The buffers of the batch are compressed, which is not supported in records: write uncompressed buffers and set Kafka's own compression.type.");
        Rows = header.Int64(LengthField);
        _nodes = header.Structs(NodesField, NodeBytes);
        _buffers = header.Structs(BuffersField, BufferBytes);
        (_bodyStart, _bodyLength) = (bodyStart, bodyLength);
    }

    /// <summary>The number of rows that the batch claims.</summary>
    public long Rows { get; }

    /// <summary>Returns the length and the number of nulls of the next column.</summary>
    public (int Rows, long Nulls) NextNode()
    {
        if (_node + NodeBytes > _nodes.Length)
            throw new ArrowFormatException("The batch has fewer columns than its schema.");
        var (rows, nulls) = (BinaryPrimitives.ReadInt64LittleEndian(_nodes[_node..]), BinaryPrimitives.ReadInt64LittleEndian(_nodes[(_node + sizeof(long))..]));
        _node += NodeBytes;
        return rows is >= 0 and <= int.MaxValue && nulls >= 0 ? ((int)rows, nulls) : throw new ArrowFormatException($"A column cannot have {rows} rows with {nulls} nulls.");
    }

    /// <summary>Returns the place of the next buffer in the record.</summary>
    public (int Start, int Length) NextBuffer()
    {
        if (_buffer + BufferBytes > _buffers.Length)
            throw new ArrowFormatException("The batch has fewer buffers than its schema requires.");
        var (offset, length) = (BinaryPrimitives.ReadInt64LittleEndian(_buffers[_buffer..]), BinaryPrimitives.ReadInt64LittleEndian(_buffers[(_buffer + sizeof(long))..]));
        _buffer += BufferBytes;
        if (offset < 0 || length < 0 || offset > _bodyLength || length > _bodyLength - offset)
            throw new ArrowFormatException($"A buffer of {length} bytes at {offset} lies outside of the body of {_bodyLength} bytes.");
        return (_bodyStart + (int)offset, (int)length);
    }
}
