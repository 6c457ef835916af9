using System.Runtime.InteropServices;

namespace HnmStreams.Torch.Native;

/// <summary>
/// How long torch's OpenMP threads spin for each other before they sleep. libgomp's default is milliseconds, which is
/// most of a time slice: with two threads and other work on two cores, every parallel region then waits for a thread
/// that cannot run, and scoring falls to a thirtieth. A hundredth of it costs nothing on a quiet machine.
/// </summary>
internal static partial class OpenMpWaiting
{
    private const string SpinCount = "GOMP_SPINCOUNT";
    private const string Spins = "10000";

    /// <summary>Before libgomp is loaded, which reads it once. What the user has set (also <c>OMP_WAIT_POLICY</c>) stands.</summary>
    public static void Shorten()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is not null)
            return;
        // The runtime keeps its own copy of the environment; native code sees only what libc has.
        _ = SetVariable(SpinCount, Spins, overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
