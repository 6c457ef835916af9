using ZstdSharp;

namespace HnmStreams.Data.Readers;

/// <summary>A sequential decompression of a zstd file, which reports damage like that of gzip: as <see cref="InvalidDataException"/>.</summary>
internal sealed class ZstdStream(Stream file) : Stream
{
    // A frame may demand a large window: 128 MiB is the limit of zstd's own tool.
    private const int MaxWindowLog = 27;
    private readonly DecompressionStream _content = Open(file);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _content.Read(buffer);
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }

    private static DecompressionStream Open(Stream file)
    {
        var decompressor = new Decompressor();
        decompressor.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
        return new DecompressionStream(file, decompressor, bufferSize: 0, checkEndOfStream: true, preserveDecompressor: false, leaveOpen: false);
    }
}
