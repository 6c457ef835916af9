using System.Runtime.InteropServices;

namespace HnmStreams.Host.Application;

/// <summary>
/// The permissions of everything that the process writes: checkpoints, models, examples, summaries and temporary files hold
/// the producers' data, so only the user of the process can read them (files 0600, folders 0700).
/// </summary>
internal static class FilePermissions
{
    private const uint GroupAndOthers = 0b000_111_111;

    /// <summary>Removes the permissions of group and others from all files and folders that the process creates from now on. Does nothing on Windows.</summary>
    public static void Restrict()
    {
        // The call returns the previous mask, which may be stricter than this one.
        if (!OperatingSystem.IsWindows() && (Umask(GroupAndOthers) is var before && (before & ~GroupAndOthers) != 0))
            _ = Umask(before | GroupAndOthers);
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint Umask(uint mask);
}
