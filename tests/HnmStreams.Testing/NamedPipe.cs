using System.Runtime.InteropServices;
using System.Text;

namespace HnmStreams.Testing;

/// <summary>Named pipes in the file system. Opening one for reading blocks until a writer opens it.</summary>
public static class NamedPipe
{
    private const uint OwnerOnly = 0b110_000_000;

    /// <summary>Creates a named pipe without a writer.</summary>
    public static void Create(string path)
    {
        if (MakePipe(Encoding.UTF8.GetBytes(path + '\0'), OwnerOnly) != 0)
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakePipe(byte[] path, uint mode);
}
