using static TorchSharp.torch;

namespace HnmStreams.Torch.Native;

/// <summary>Loads libtorch and TorchSharp's native library, and reports what was loaded.</summary>
/// <remarks>
/// libtorch is loaded by full path (<see cref="LibTorchFolder"/>) as soon as the TorchSharp assembly is loaded
/// (<see cref="TorchSharpHook"/>), so that a libtorch of another version on the system's library path is never used. A
/// hook cannot report an error. Therefore every entry point calls <see cref="EnsureLoaded"/> before it uses <c>torch</c>.
/// Thread-safe.
/// </remarks>
public static class TorchLibrary
{
    private static readonly Lazy<string> Loaded = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Loads libtorch. Later calls do nothing after a success; after a failure they throw the same exception again.</summary>
    /// <exception cref="TorchLoadException">The message lists the attempts and the remedy.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    /// <summary>Returns one line: the libtorch version, its folder, and if the compatibility copy is in use.</summary>
    /// <exception cref="TorchLoadException">libtorch cannot be loaded.</exception>
    public static string Describe() => Loaded.Value;

    private static string Load()
    {
        var libtorch = TorchSharpHook.LibTorch;
        if (TorchSharpHook.TorchSharpHandle == 0)
        {
            var compatible = TorchSharpHook.CompatiblePath;
            throw new TorchLoadException(
                "TorchSharp's native library cannot be loaded. Tried:\n"
                + $"{libtorch.Tried}  {compatible}: {(File.Exists(compatible) ? LibTorchFolder.LoadError(compatible) : "there is no such file")}\n"
                + $"What to do: build with `dotnet build`, which makes compat/libLibTorchSharp.so and libtorch.path beside the application, or set {LibTorchLocator.Variable} "
                + $"to a folder with libtorch {LibTorchVersion.Expected} (libtorch_cpu.so). Supported: x86-64 Linux with glibc 2.34 and GCC 11's libstdc++ or newer (RHEL 9, Ubuntu 22.04, Debian 12).");
        }

        var version = libtorch.Version;
        if (version is null)
        {
            // Found on the system's library path: the same rule holds for it.
            version = System.Runtime.InteropServices.NativeLibrary.TryLoad("libtorch_cpu.so", out var handle) ? LibTorchVersion.Of(handle) : null;
            LibTorchVersion.Check(version, libtorch.Description);
        }

        try
        {
            InitializeDeviceType(TorchSharp.DeviceType.CPU);
        }
        catch (Exception e) when (e is NotSupportedException or DllNotFoundException or TypeInitializationException)
        {
            throw new TorchLoadException($"TorchSharp does not start, although its native library is loaded. Tried:\n{libtorch.Tried}", e);
        }

        return $"libtorch {version} from {libtorch.Description}, {(TorchSharpHook.IsCompatibilityCopy ? "compatibility copy of" : "plain")} TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3)}";
    }
}
