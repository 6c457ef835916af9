using System.Globalization;
using System.Runtime.Intrinsics.X86;
using HnmStreams.Torch.Native;
using TorchSharp;
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

    /// <summary>Checks that a device computes products of bfloat16 in hardware. GPUs are not checked: those before compute capability 8.0 emulate them.</summary>
    /// <exception cref="DeviceException">The processor has no instructions for it, so that it would be slower than float32.</exception>
    public static void CheckBFloat16(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.type == DeviceType.CPU && !ProcessorHasBFloat16())
            throw new DeviceException("cpu", "the processor has no instructions for bfloat16 (avx512_bf16 or amx_bf16).", "Set task.backbone.precision to float32.");
    }

    // Intel's manual (253666), CPUID: leaf 7, subleaf 1, EAX bit 5 is AVX512_BF16; subleaf 0, EDX bit 22 is AMX-BF16.
    private static bool ProcessorHasBFloat16() =>
        Avx512F.IsSupported && (IsSet(X86Base.CpuId(7, 1).Eax, 5) || IsSet(X86Base.CpuId(7, 0).Edx, 22));

    private static bool IsSet(int register, int bit) => ((register >> bit) & 1) != 0;

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
