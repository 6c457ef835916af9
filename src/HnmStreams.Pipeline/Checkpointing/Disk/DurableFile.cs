using System.Runtime.InteropServices;
using System.Text;
using HnmStreams.Data.Files;

namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>File operations whose effect is on the disk, not only in the page cache, when they return.</summary>
/// <remarks>
/// A new name survives a power failure only after its directory is flushed. .NET has no API for that, so libc is called
/// on Linux and macOS. On Windows names depend on the file system's journal.
/// </remarks>
internal static class DurableFile
{
    private const int LinuxCloseOnExec = 0x80000;
    private const int InvalidArgument = 22;

    /// <summary>Creates a file with its whole content.</summary>
    public static void Create(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Replaces a small file. Readers see the old one or the new one, even after a power failure. One writer at a time.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        Create(fresh, bytes);
        File.Move(fresh, path, overwrite: true);
        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads a small file. Its size is checked before memory is allocated.</summary>
    /// <exception cref="InvalidDataException">The file is larger than <paramref name="maxBytes"/>.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        using var handle = File.OpenHandle(RegularFile.Required(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(handle);
        if (length > maxBytes)
            throw new InvalidDataException($"it must have at most {maxBytes} bytes but has {length}");
        var bytes = new byte[length];
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(read), read) is > 0 and var more)
            read += more;
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>Flushes the names in a directory to the disk.</summary>
    /// <exception cref="IOException">The system call failed.</exception>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var directory = Open(Encoding.UTF8.GetBytes(path + '\0'), OperatingSystem.IsLinux() ? LinuxCloseOnExec : 0);
        if (directory < 0)
            throw Failure(path);
        try
        {
            // Some network file systems cannot flush a directory and return EINVAL.
            if (Flush(directory) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
                throw Failure(path);
        }
        finally
        {
            _ = Close(directory);
        }
    }

    private static IOException Failure(string path) =>
        new($"The directory {path} cannot be flushed to the disk: {Marshal.GetLastPInvokeErrorMessage()}.");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
