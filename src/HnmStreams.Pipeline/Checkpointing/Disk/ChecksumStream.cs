using System.Globalization;
using System.IO.Hashing;

namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>Counts and hashes what passes through to another stream, which stays open: what the memory meant, not what a disk gave back.</summary>
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

    /// <exception cref="IOException">The part would be larger than any reader takes.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > maxBytes - Written)
            throw new IOException($"It has more than the {maxBytes} bytes that a part may have.");
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
