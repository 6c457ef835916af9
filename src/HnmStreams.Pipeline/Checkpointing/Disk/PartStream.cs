using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>A read-only stream over an open file of known length, or over a byte range of it. Several streams may read one handle, each at its own position.</summary>
/// <param name="from">The offset of the range in the file.</param>
internal sealed class PartStream(SafeFileHandle handle, long length, long from = 0) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position >= length)
            return 0;
        var read = RandomAccess.Read(handle, buffer[..(int)Math.Min(buffer.Length, length - _position)], from + _position);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
