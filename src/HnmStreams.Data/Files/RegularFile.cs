using System.Runtime.InteropServices;
using System.Text;

namespace HnmStreams.Data.Files;

/// <summary>
/// A check that a path names a regular file. Opening a named pipe blocks until a writer opens it, and a device may have no end,
/// so folders that others can write to must not decide what is opened.
/// </summary>
public static class RegularFile
{
    // linux/stat.h and linux/fcntl.h. struct statx has the same layout on all architectures.
    private const int CurrentFolder = -100;
    private const uint TypeField = 1;
    private const int StatxBytes = 256;
    private const int MaskOffset = 0;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>Returns the path if it names a regular file, a link to one, a folder or nothing; opening reports the last two. Linux only; elsewhere nothing is checked.</summary>
    /// <exception cref="IOException">The path names a pipe, a socket or a device.</exception>
    public static string Required(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!OperatingSystem.IsLinux())
            return path;
        Span<byte> status = stackalloc byte[StatxBytes];
        status.Clear();
        if (Statx(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, TypeField, ref MemoryMarshal.GetReference(status)) != 0
            || (MemoryMarshal.Read<uint>(status[MaskOffset..]) & TypeField) == 0)
        {
            return path;
        }

        return (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeMask) is Regular or Folder
            ? path
            : throw new IOException($"{path} must be a regular file but is a pipe, a socket or a device.");
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, ref byte status);
}
