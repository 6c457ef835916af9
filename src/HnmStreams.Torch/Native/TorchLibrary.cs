using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Native;

/// <summary>Loads libtorch and TorchSharp's native library, on systems older than TorchSharp's build machine too.</summary>
/// <remarks>
/// libtorch is loaded by full path (<see cref="LibTorchFolder"/>). TorchSharp's own library is then loaded plainly; where
/// that fails (libstdc++ older than GCC 13's: Debian 12, Ubuntu 22.04, RHEL 9), the copy under <c>compat/</c>, made by
/// the build, answers. Thread-safe.
/// <para>
/// Call <see cref="EnsureLoaded"/> before the first use of <c>torch</c>, were it only <c>torch.CPU</c>: left alone,
/// TorchSharp copies its packages, half a gigabyte, into the application's folder and then fails. Once any code of this
/// assembly has run, its attempt is answered from here too.
/// </para>
/// </remarks>
public static class TorchLibrary
{
    private const string TorchSharpLibrary = "LibTorchSharp";

    private static readonly Lazy<LibTorchFolder> LibTorch = new(
        () => LibTorchFolder.Load(LibTorchLocator.Candidates(Environment.GetEnvironmentVariable(LibTorchLocator.Variable), AppContext.BaseDirectory)),
        LazyThreadSafetyMode.ExecutionAndPublication);

    private static readonly Lazy<string> Loaded = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    private static nint s_compatible;

    private static string CompatiblePath => Path.Combine(AppContext.BaseDirectory, "compat", "libLibTorchSharp.so");

    /// <summary>Does nothing after the first success; after a failure it throws the same exception again.</summary>
    /// <exception cref="TorchLoadException">With what was tried, and what to do.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    /// <summary>One line: the libtorch version, the folder it came from, and whether the compatibility copy is in use.</summary>
    /// <exception cref="TorchLoadException">As <see cref="EnsureLoaded"/>.</exception>
    public static string Describe() => Loaded.Value;

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "It loads nothing; it must stand before TorchSharp's own static constructor.")]
    internal static void AnswerTorchSharp() => AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;

    private static string Load()
    {
        var libtorch = LibTorch.Value;
        var assembly = typeof(TorchSharp.torch).Assembly;
        if (!NativeLibrary.TryLoad(TorchSharpLibrary, assembly, searchPath: null, out _))
        {
            throw new TorchLoadException(
                "TorchSharp's native library cannot be loaded. Tried:\n"
                + $"{libtorch.Tried}  {CompatiblePath}: {(File.Exists(CompatiblePath) ? LoadError(CompatiblePath) : "not there")}\n"
                + $"What to do: build with `dotnet build`, which makes compat/libLibTorchSharp.so and libtorch.path beside the application, or set {LibTorchLocator.Variable} "
                + $"to a folder with libtorch {LibTorchVersion.Expected} (libtorch_cpu.so). Supported: x86-64 Linux with glibc 2.34 and GCC 11's libstdc++ or newer (RHEL 9, Ubuntu 22.04, Debian 12).");
        }

        var version = libtorch.Version;
        if (version is null)
        {
            // Found on the system's own library path: the same rule holds for it.
            version = NativeLibrary.TryLoad("libtorch_cpu.so", out var handle) ? LibTorchVersion.Of(handle) : null;
            LibTorchVersion.Check(version, libtorch.Description);
        }

        try
        {
            InitializeDeviceType(TorchSharp.DeviceType.CPU);
        }
        catch (Exception e) when (e is NotSupportedException or DllNotFoundException or TypeInitializationException)
        {
            throw new TorchLoadException($"TorchSharp does not start, though its native library was loaded. Tried:\n{libtorch.Tried}", e);
        }

        return $"libtorch {version} from {libtorch.Description}, {(s_compatible != 0 ? "compatibility copy of" : "plain")} TorchSharp {assembly.GetName().Version?.ToString(3)}";
    }

    /// <summary>Comes into play only after a plain load has failed, so newer systems never see the copy.</summary>
    private static nint Resolve(Assembly assembly, string name)
    {
        if (name is not (TorchSharpLibrary or "torch_cpu") || assembly != typeof(TorchSharp.torch).Assembly)
            return 0;
        LibTorchFolder libtorch;
        try
        {
            libtorch = LibTorch.Value;
        }
        catch (TorchLoadException)
        {
            // EnsureLoaded says it; TorchSharp would only swallow it.
            return 0;
        }

        if (name is "torch_cpu")
            return libtorch.Handle;
        // With libtorch now in place, the plain load may succeed after all.
        if (NativeLibrary.TryLoad(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so"), out var plain))
            return plain;
        if (s_compatible == 0 && NativeLibrary.TryLoad(CompatiblePath, out var compatible))
            s_compatible = compatible;
        return s_compatible;
    }

    private static string LoadError(string path)
    {
        try
        {
            NativeLibrary.Load(path);
            return "loads, but nothing asked for it";
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return LibTorchFolder.Reason(e);
        }
    }
}
