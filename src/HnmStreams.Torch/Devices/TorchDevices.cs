using System.Globalization;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Devices;

/// <summary>Devices by their names in the configuration: <c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:0</c>, …</summary>
public static class TorchDevices
{
    private const string Allowed = "Allowed are auto (CUDA if available, otherwise the CPU), cpu, cuda, and cuda:N with N from 0.";

    /// <summary>Returns the device of a name; case is ignored. Loads libtorch.</summary>
    /// <exception cref="DeviceException">The name is unknown, or this machine has no such device.</exception>
    /// <exception cref="TorchLoadException">libtorch cannot be loaded.</exception>
    public static Device Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        TorchLibrary.EnsureLoaded();
        return device(Choose(name, cuda.is_available() ? cuda.device_count() : 0));
    }

    /// <param name="cudaDevices">The number of CUDA devices.</param>
    /// <returns><c>cpu</c> or <c>cuda:N</c>.</returns>
    internal static string Choose(string name, int cudaDevices)
    {
        var wanted = name.Trim().ToLowerInvariant();
        if (string.Equals(wanted, "cpu", StringComparison.Ordinal) || (string.Equals(wanted, "auto", StringComparison.Ordinal) && cudaDevices == 0))
            return "cpu";
        if (wanted is "auto" or "cuda")
            wanted = "cuda:0";
        if (!wanted.StartsWith("cuda:", StringComparison.Ordinal)
            || !int.TryParse(wanted.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            throw new DeviceException(name, "there is no device of this name.", Allowed);
        if (cudaDevices == 0)
            throw new DeviceException(name, "this machine has no CUDA device.", "Build with TorchBackend=cuda on a machine with an NVIDIA driver, or choose cpu or auto.");
        if (index >= cudaDevices)
            throw new DeviceException(name, $"there are {cudaDevices} CUDA devices, numbered from 0.", "Choose one of them, or auto.");
        return wanted;
    }
}
