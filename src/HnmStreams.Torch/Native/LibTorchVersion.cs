using System.Runtime.InteropServices;

namespace HnmStreams.Torch.Native;

/// <summary>
/// The version of the loaded libtorch. Its C++ interface changes from one minor version to the next: TorchSharp
/// compiled against another one would corrupt memory rather than fail.
/// </summary>
internal static class LibTorchVersion
{
    /// <summary>The version that TorchSharp 0.107 is compiled against.</summary>
    public static readonly Version Expected = new(2, 10);

    /// <summary>
    /// Returns the version that the loaded <c>libtorch_cpu</c> reports through its C function for it, or null if it
    /// has none (before 2.4).
    /// </summary>
    public static unsafe Version? Of(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var export))
            return null;
        return Parse(((delegate* unmanaged<ulong>)export)());
    }

    /// <summary>Decodes a version: major, minor and patch are the three highest bytes (torch/headeronly/version.h).</summary>
    public static Version Parse(ulong version) =>
        new((int)(version >> 56), (int)(version >> 48 & 0xff), (int)(version >> 40 & 0xff));

    /// <exception cref="TorchLoadException">The minor version is not the expected one.</exception>
    public static void Check(Version? found, string folder)
    {
        if (found is not null && found.Major == Expected.Major && found.Minor == Expected.Minor)
            return;
        throw new TorchLoadException(
            $"The libtorch in {folder} must be {Expected}, which TorchSharp is built against, but is {(found is null ? "older than 2.4" : found.ToString())};  "
            + $"libtorch's C++ interface is not stable between versions. Set {LibTorchLocator.Variable} to a folder with libtorch {Expected} (CPU or CUDA), or unset it to use the one of this build.");
    }
}
