using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using HnmStreams.Data.Files;

namespace HnmStreams.Tasks.Encoders;

/// <summary>
/// The features of earlier runs in a file, so that a data set is encoded once. The file has a header (format, seed of the keys, the
/// encoder's identity) and entries (key, features, checksum). Entries are appended; damaged ones and an incomplete last one are ignored.
/// One process writes a file; others read it.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class FeatureFile : IDisposable
{
    private const int FixedHeader = 4 + sizeof(int) + sizeof(long) + sizeof(int);
    private const int KeyBytes = 16;
    private const int MaxIdentity = 4_096;

    private readonly FileStream? _file;
    private readonly long _maxBytes;
    private readonly byte[] _entry;

    private FeatureFile(FileStream? file, long seed, int entryBytes, long maxBytes)
    {
        (_file, Seed, _maxBytes) = (file, seed, maxBytes);
        _entry = new byte[KeyBytes + entryBytes + sizeof(ulong)];
    }

    /// <summary>The seed of the keys: random per file, so that a producer cannot construct collisions.</summary>
    public long Seed { get; }

    /// <summary>Opens or creates the file of an encoder and passes its entries to <paramref name="cache"/>.</summary>
    /// <param name="identity">The encoder, its inputs and the storage of features.</param>
    /// <param name="maxBytes">The size up to which the file grows.</param>
    /// <exception cref="IOException">The folder or the file cannot be used.</exception>
    public static FeatureFile Open(string folder, string identity, int entryBytes, long maxBytes, FeatureCache cache)
    {
        Directory.CreateDirectory(folder);
        var path = RegularFile.Required(Path.Combine(folder, $"{XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(identity)):x32}.features"));
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process writes it.
        }

        using var reader = file is null ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16) : null;
        var source = file ?? reader!;
        var seed = ReadHeader(source, identity, entryBytes);
        if (seed is null)
        {
            seed = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));
            file?.SetLength(0);
            file?.Write(Header(identity, entryBytes, seed.Value));
            file?.Flush();
            return new FeatureFile(file, seed.Value, entryBytes, maxBytes);
        }

        var entries = new FeatureFile(file, seed.Value, entryBytes, maxBytes);
        var end = entries.Read(source, cache, maxBytes);
        file?.SetLength(end);
        if (file is not null)
            file.Position = end;
        return entries;
    }

    /// <summary>Appends an entry, unless another process writes the file or it is full.</summary>
    public void Append(UInt128 key, ReadOnlySpan<byte> features)
    {
        if (_file is null || _file.Position + _entry.Length > _maxBytes)
            return;
        BinaryPrimitives.WriteUInt128LittleEndian(_entry, key);
        features.CopyTo(_entry.AsSpan(KeyBytes));
        BinaryPrimitives.WriteUInt64LittleEndian(_entry.AsSpan(_entry.Length - sizeof(ulong)), Checksum(_entry));
        _file.Write(_entry);
    }

    /// <summary>Passes appended entries to the system.</summary>
    public void Flush() => _file?.Flush();

    public void Dispose() => _file?.Dispose();

    // Returns the end of the last complete entry.
    private long Read(Stream source, FeatureCache cache, long maxBytes)
    {
        var end = source.Position;
        while (end + _entry.Length <= maxBytes && source.ReadAtLeast(_entry, _entry.Length, throwOnEndOfStream: false) == _entry.Length)
        {
            end += _entry.Length;
            if (BinaryPrimitives.ReadUInt64LittleEndian(_entry.AsSpan(_entry.Length - sizeof(ulong))) == Checksum(_entry))
                cache.Write(BinaryPrimitives.ReadUInt128LittleEndian(_entry), _entry.AsSpan(KeyBytes, _entry.Length - KeyBytes - sizeof(ulong)));
        }

        return end;
    }

    private static ulong Checksum(ReadOnlySpan<byte> entry) => XxHash3.HashToUInt64(entry[..^sizeof(ulong)]);

    private static byte[] Header(string identity, int entryBytes, long seed)
    {
        var name = Encoding.UTF8.GetBytes(identity);
        var header = new byte[FixedHeader + name.Length];
        "HNF1"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), entryBytes);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), seed);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), name.Length);
        name.CopyTo(header, FixedHeader);
        return header;
    }

    // Returns the seed; null if the file is empty or of another encoder.
    private static long? ReadHeader(Stream source, string identity, int entryBytes)
    {
        var start = new byte[FixedHeader];
        if (source.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length)
            return null;
        var (length, seed) = (BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(16)), BinaryPrimitives.ReadInt64LittleEndian(start.AsSpan(8)));
        if (length is < 0 or > MaxIdentity)
            return null;
        var header = new byte[FixedHeader + length];
        start.CopyTo(header, 0);
        if (source.ReadAtLeast(header.AsSpan(FixedHeader), length, throwOnEndOfStream: false) < length)
            return null;
        return header.AsSpan().SequenceEqual(Header(identity, entryBytes, seed)) ? seed : null;
    }
}
