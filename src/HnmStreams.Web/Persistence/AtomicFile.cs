using System.Text;

namespace HnmStreams.Web.Persistence;

/// <summary>Small files that readers see with their old or their new content, never with a part of it.</summary>
/// <remarks>One writer per file.</remarks>
internal static class AtomicFile
{
    /// <summary>Replaces the content. Creates the file if it does not exist.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var fresh = path + ".new";
        using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Replaces the content by a text in UTF-8. Creates the file and its folder if they do not exist.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Replace(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Replace(path, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Returns the content, or its last <paramref name="maxBytes"/>; null if there is no file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static byte[]? ReadEnd(string path, int maxBytes)
    {
        if (!File.Exists(path))
            return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(Math.Max(0, file.Length - maxBytes), SeekOrigin.Begin);
        var content = new byte[Math.Min(file.Length, maxBytes)];
        return content.AsSpan(0, file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)).ToArray();
    }
}
