using System.Runtime.InteropServices;
using HnmStreams.Torch.Native;

namespace HnmStreams.Torch.Tests.Native;

public sealed partial class OpenMpWaitingTests
{
    [Fact]
    public void Shortens_the_spinning_of_idle_threads_unless_the_user_has_set_it()
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
