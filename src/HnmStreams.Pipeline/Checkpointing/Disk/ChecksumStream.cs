using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>A stream that counts and hashes the bytes on their way to another stream, which stays open. The hash is that of the bytes in memory, not of those read back from a disk.</summary>
/// <remarks>One owner, one thread.</remarks>
internal sealed class ChecksumStream(Stream target, long maxBytes) : Stream
{
    public const int Digits = 16;
    private const int BufferBytes = 128 << 10;
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

    /// <summary>Returns the checksum of the first bytes of a file. O(bytes).</summary>
    public static string Of(SafeFileHandle file, long length)
    {
        var hash = new XxHash3();
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferBytes, Math.Max(1, length)));
        try
        {
            for (var at = 0L; at < length;)
            {
                var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at)), at);
                if (read == 0)
                    break;
                hash.Append(buffer.AsSpan(0, read));
                at += read;
            }

            return Format(hash.GetCurrentHashAsUInt64());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
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
