using System.Globalization;
using System.IO.Hashing;

namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>A stream that counts and hashes the bytes on their way to another stream, which stays open. The hash is that of the bytes in memory, not of those read back from a disk.</summary>
/// <remarks>One owner, one thread.</remarks>
internal sealed class ChecksumStream(Stream target, long maxBytes) : Stream
{
    public const int Digits = 16;
    private readonly XxHash3 _hash = new();

    public long Written { get; private set; }

    public string Checksum => Format(_hash.GetCurrentHashAsUInt64());

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Written;
        set => throw new NotSupportedException();
    }

    public static string Format(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);

    /// <exception cref="IOException">The part exceeds the limit.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > maxBytes - Written)
            throw new IOException($"The part must have at most {maxBytes} bytes (pipeline.checkpointing.partBytes) but has more.");
        target.Write(buffer);
        _hash.Append(buffer);
        Written += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush() => target.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
