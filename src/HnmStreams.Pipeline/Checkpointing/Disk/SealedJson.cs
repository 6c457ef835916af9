using System.IO.Hashing;
using System.Text;

namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>
/// A JSON document with a checksum around it that is a JSON document itself, <c>{"xxh3":"…","content":…}</c>, so that
/// people and tools read it as it lies. Every byte is covered. Against accidents, not against an attacker.
/// </summary>
internal static class SealedJson
{
    private static readonly byte[] Start = """{"xxh3":" """.TrimEnd().Select(c => (byte)c).ToArray();
    private static readonly byte[] Middle = "\",\"content\":"u8.ToArray();
    private static readonly byte[] End = "}\n"u8.ToArray();

    private static int Overhead => Start.Length + ChecksumStream.Digits + Middle.Length + End.Length;

    public static byte[] Seal(ReadOnlySpan<byte> content) =>
        [.. Start, .. Encoding.ASCII.GetBytes(ChecksumStream.Format(XxHash3.HashToUInt64(content))), .. Middle, .. content, .. End];

    /// <exception cref="InvalidDataException">Not such a document, or not as it was written.</exception>
    public static ReadOnlyMemory<byte> Open(byte[] file)
    {
        var bytes = file.AsSpan();
        if (bytes.Length < Overhead || !bytes.StartsWith(Start))
            throw new InvalidDataException(bytes.Length == 0 ? "empty" : "cut short, or not a file of this program");
        var content = bytes[(Overhead - End.Length)..^End.Length];
        var checksum = Encoding.ASCII.GetBytes(ChecksumStream.Format(XxHash3.HashToUInt64(content)));
        if (!bytes[Start.Length..].StartsWith(checksum) || !bytes[(Start.Length + checksum.Length)..].StartsWith(Middle) || !bytes.EndsWith(End))
            throw new InvalidDataException("its checksum does not fit: cut short or changed");
        return file.AsMemory(Overhead - End.Length, content.Length);
    }
}
