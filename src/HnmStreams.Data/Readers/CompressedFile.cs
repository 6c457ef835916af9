using System.IO.Compression;

namespace HnmStreams.Data.Readers;

/// <summary>Files that may be packed by gzip, whatever they are called.</summary>
internal static class CompressedFile
{
    /// <summary>Opens for reading from front to back; unpacks where the file starts with gzip's signature (RFC 1952, section 2.3.1).</summary>
    public static Stream Open(string path, string expected)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            Span<byte> signature = stackalloc byte[2];
            var packed = file.ReadAtLeast(signature, 2, throwOnEndOfStream: false) == 2 && signature is [0x1F, 0x8B];
            file.Position = 0;
            return packed ? new BufferedStream(new GZipStream(file, CompressionMode.Decompress), 1 << 16) : file;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not DataSourceException))
        {
            throw new DataSourceException(path, e is FileNotFoundException or DirectoryNotFoundException ? "There is no such file." : e.Message, expected, e);
        }
    }

    /// <summary>The name without folder, <c>.gz</c> and one more ending.</summary>
    public static string Stem(string path) => Path.GetFileNameWithoutExtension(WithoutGz(path));

    /// <summary>The ending before <c>.gz</c>, lower case, with its point.</summary>
    public static string Ending(string path) => Path.GetExtension(WithoutGz(path)).ToLowerInvariant();

    private static string WithoutGz(string path) =>
        path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
}
