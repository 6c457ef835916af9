using System.Runtime.InteropServices;
using HnmStreams.Torch.Native;

namespace HnmStreams.Torch.Tests.Native;

public sealed partial class OpenMpWaitingTests
{
    [Fact]
    public void Threads_of_torch_spin_for_a_hundredth_of_what_libgomp_would_unless_the_user_says_otherwise()
    {
        if (Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") is not null || Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is not null)
            Assert.Skip("The environment of this run sets how OpenMP waits.");
        TorchLibrary.EnsureLoaded();
        Assert.Equal("10000", Marshal.PtrToStringUTF8(GetVariable("GOMP_SPINCOUNT")));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint GetVariable(string name);
}
