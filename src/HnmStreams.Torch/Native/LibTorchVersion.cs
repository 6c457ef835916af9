using System.Runtime.InteropServices;

namespace HnmStreams.Torch.Native;

/// <summary>
/// Which libtorch was loaded. Its C++ interface changes from one minor version to the next, and TorchSharp compiled
/// against another one would corrupt memory rather than fail.
/// </summary>
internal static class LibTorchVersion
{
    /// <summary>The version that TorchSharp 0.107 is compiled against.</summary>
    public static readonly Version Expected = new(2, 10);

    /// <summary>Asks the loaded <c>libtorch_cpu</c> by its one C function for it; null where it has none (before 2.4).</summary>
    public static unsafe Version? Of(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var export))
            return null;
        return Parse(((delegate* unmanaged<ulong>)export)());
    }

    /// <summary>Major, minor and patch are the three highest bytes (torch/headeronly/version.h).</summary>
    public static Version Parse(ulong version) =>
        new((int)(version >> 56), (int)(version >> 48 & 0xff), (int)(version >> 40 & 0xff));

    /// <exception cref="TorchLoadException">Another minor version than the expected one.</exception>
    public static void Check(Version? found, string folder)
    {
        if (found is not null && found.Major == Expected.Major && found.Minor == Expected.Minor)
            return;
        throw new TorchLoadException(
            $"The libtorch in {folder} is {(found is null ? "older than 2.4" : found.ToString())}, but TorchSharp here is built against {Expected}, "
            + $"and libtorch's C++ interface is not stable between versions. Point {LibTorchLocator.Variable} to a libtorch {Expected} (CPU or CUDA), or unset it to use the one this build came with.");
    }
}
