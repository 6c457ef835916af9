using System.Runtime.InteropServices;

namespace HnmStreams.Torch.Native;

/// <summary>
/// The time that torch's OpenMP threads spin before they sleep. libgomp's default is milliseconds, which is most of a
/// time slice. With two threads and other work on two cores, every parallel region then waits for a thread that
/// cannot run, and scoring falls to a thirtieth of its speed. A hundredth of the default costs nothing on an idle
/// machine.
/// </summary>
internal static partial class OpenMpWaiting
{
    private const string SpinCount = "GOMP_SPINCOUNT";
    private const string Spins = "10000";

    /// <summary>
    /// Shortens the spinning. Must run before libgomp is loaded, which reads the variable once. Values that the user
    /// has set (also <c>OMP_WAIT_POLICY</c>) are kept.
    /// </summary>
    public static void Shorten()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is not null)
            return;
        // The runtime has its own copy of the environment; native code sees only libc's.
        _ = SetVariable(SpinCount, Spins, overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
