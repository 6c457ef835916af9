using System.Runtime.InteropServices;
using System.Text;

namespace HnmStreams.Pipeline.Checkpointing.Disk;

/// <summary>A second name of a file, for files that never change. .NET 10 has no API for it.</summary>
internal static class HardLink
{
    /// <summary>Creates a second name of a file. O(1).</summary>
    /// <returns>False if the file system has no links, if the names are on two file systems, or if the file does not exist.</returns>
    public static bool TryCreate(string file, string link) => OperatingSystem.IsWindows()
        ? CreateHardLink(link, file, 0)
        : Link(Encoding.UTF8.GetBytes(file + '\0'), Encoding.UTF8.GetBytes(link + '\0')) == 0;

    [DllImport("libc", EntryPoint = "link")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(byte[] file, byte[] link);

    [DllImport("kernel32", EntryPoint = "CreateHardLinkW", CharSet = CharSet.Unicode, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool CreateHardLink(string link, string file, nint reserved);
}
