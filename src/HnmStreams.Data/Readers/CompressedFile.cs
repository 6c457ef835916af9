using System.IO.Compression;
using HnmStreams.Data.Files;

namespace HnmStreams.Data.Readers;

/// <summary>Files that may be compressed by gzip, independent of their extension.</summary>
internal static class CompressedFile
{
    /// <summary>Opens a file for sequential reading. A file that starts with gzip's signature is decompressed (RFC 1952, section 2.3.1).</summary>
    public static Stream Open(string path, string expected)
    {
        try
        {
            var file = new FileStream(RegularFile.Required(path), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            Span<byte> signature = stackalloc byte[2];
            var compressed = file.ReadAtLeast(signature, 2, throwOnEndOfStream: false) == 2 && signature is [0x1F, 0x8B];
            file.Position = 0;
            return compressed ? new BufferedStream(new GZipStream(file, CompressionMode.Decompress), 1 << 16) : file;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not DataSourceException))
        {
            throw new DataSourceException(path, e is FileNotFoundException or DirectoryNotFoundException ? "The file does not exist." : e.Message, expected, e);
        }
    }

    /// <summary>Returns the file name without folder, <c>.gz</c> and one more extension.</summary>
    public static string Stem(string path) => Path.GetFileNameWithoutExtension(WithoutGz(path));

    /// <summary>Returns the extension before <c>.gz</c> in lower case, with its dot.</summary>
    public static string Extension(string path) => Path.GetExtension(WithoutGz(path)).ToLowerInvariant();

    private static string WithoutGz(string path) =>
        path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
}
