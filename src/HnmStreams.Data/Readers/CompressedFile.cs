using System.IO.Compression;
using HnmStreams.Data.Files;

namespace HnmStreams.Data.Readers;

/// <summary>Files that may be compressed by gzip or zstd, independent of their extension.</summary>
internal static class CompressedFile
{
    /// <summary>
    /// Opens a file for sequential reading. A file that starts with the signature of gzip (RFC 1952, section 2.3.1) or zstd (RFC 8878,
    /// section 3.1.1) is decompressed.
    /// </summary>
    public static Stream Open(string path, string expected)
    {
        try
        {
            var file = new FileStream(RegularFile.Required(path), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            Span<byte> signature = stackalloc byte[4];
            signature = signature[..file.ReadAtLeast(signature, 4, throwOnEndOfStream: false)];
            file.Position = 0;
            return signature switch
            {
                [0x1F, 0x8B, ..] => new BufferedStream(new GZipStream(file, CompressionMode.Decompress), 1 << 16),
                [0x28, 0xB5, 0x2F, 0xFD] => new BufferedStream(new ZstdStream(file), 1 << 16),
                _ => file,
            };
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not DataSourceException))
        {
            throw new DataSourceException(path, e is FileNotFoundException or DirectoryNotFoundException ? "The file does not exist." : e.Message, expected, e);
        }
    }

    /// <summary>Returns the file name without folder, <c>.gz</c> or <c>.zst</c> and one more extension.</summary>
    public static string Stem(string path) => Path.GetFileNameWithoutExtension(Uncompressed(path));

    /// <summary>Returns the extension before <c>.gz</c> or <c>.zst</c> in lower case, with its dot.</summary>
    public static string Extension(string path) => Path.GetExtension(Uncompressed(path)).ToLowerInvariant();

    private static string Uncompressed(string path) =>
        path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? path[..^4] : path;
}
