using System.IO.Hashing;
using System.Text;

namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>
/// A JSON document wrapped with a checksum, <c>{"xxh3":"…","content":…}</c>. The whole is a JSON document too, so
/// people and tools can read it. Every byte is covered. It protects from accidents, not from an attacker.
/// </summary>
internal static class SealedJson
{
    private static readonly byte[] Start = """{"xxh3":" """.TrimEnd().Select(c => (byte)c).ToArray();
    private static readonly byte[] Middle = "\",\"content\":"u8.ToArray();
    private static readonly byte[] End = "}\n"u8.ToArray();

    private static int Overhead => Start.Length + ChecksumStream.Digits + Middle.Length + End.Length;

    public static byte[] Seal(ReadOnlySpan<byte> content) =>
        [.. Start, .. Encoding.ASCII.GetBytes(ChecksumStream.Format(XxHash3.HashToUInt64(content))), .. Middle, .. content, .. End];

    /// <summary>Returns the content after checking the checksum.</summary>
    /// <exception cref="InvalidDataException">It is not such a document, or it was changed.</exception>
    public static ReadOnlyMemory<byte> Open(byte[] file)
    {
        var bytes = file.AsSpan();
        if (bytes.Length < Overhead || !bytes.StartsWith(Start))
            throw new InvalidDataException(bytes.Length == 0 ? "it is empty" : "it is cut short, or not a file of this program");
        var content = bytes[(Overhead - End.Length)..^End.Length];
        var checksum = Encoding.ASCII.GetBytes(ChecksumStream.Format(XxHash3.HashToUInt64(content)));
        if (!bytes[Start.Length..].StartsWith(checksum) || !bytes[(Start.Length + checksum.Length)..].StartsWith(Middle) || !bytes.EndsWith(End))
            throw new InvalidDataException("its checksum does not match: it is cut short or was changed");
        return file.AsMemory(Overhead - End.Length, content.Length);
    }
}
