using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace HnmStreams.Torch.Native;

/// <summary>
/// Loads libtorch at the moment the TorchSharp assembly is loaded, which is before any of its code runs. TorchSharp's own
/// static constructor loads <c>libtorch_cpu.so</c> by name: it takes whatever the system's library path holds (Debian's
/// python3-torch brings version 1.13), or copies half a gigabyte beside the application and then fails.
/// </summary>
/// <remarks>
/// A library that is loaded by full path satisfies later loads of its SONAME, also those of TorchSharp's static
/// constructor, which the import resolver is not called for. The build compiles a call of <see cref="Install"/> into
/// every project that references this one (<c>Native/Build/InitializeTorch.cs</c>). Nothing is loaded in a process that never
/// uses TorchSharp. Thread-safe: <see cref="LibTorch"/> never touches TorchSharp, so it cannot wait for the thread that
/// loads the TorchSharp assembly.
/// </remarks>
public static class TorchSharpHook
{
    private const string AssemblyName = "TorchSharp";
    private const string NativeName = "LibTorchSharp";

    private static readonly Lazy<LibTorchFolder> Folder = new(
        () => LibTorchFolder.Load(LibTorchLocator.Candidates(Environment.GetEnvironmentVariable(LibTorchLocator.Variable), AppContext.BaseDirectory)),
        LazyThreadSafetyMode.ExecutionAndPublication);

    private static readonly Lazy<(nint Handle, bool IsCopy)> TorchSharpLibrary = new(LoadTorchSharp, LazyThreadSafetyMode.ExecutionAndPublication);

    private static int s_installed;

    /// <summary>The libtorch in use, loaded by the first access.</summary>
    /// <exception cref="TorchLoadException">The libtorch found is of another version.</exception>
    internal static LibTorchFolder LibTorch => Folder.Value;

    /// <summary>The handle of TorchSharp's native library, or 0 if it cannot be loaded.</summary>
    /// <exception cref="TorchLoadException">The libtorch found is of another version.</exception>
    internal static nint TorchSharpHandle => TorchSharpLibrary.Value.Handle;

    /// <summary>True if the system's libstdc++ is older than the one TorchSharp was built with, and the changed copy is loaded.</summary>
    internal static bool IsCompatibilityCopy => TorchSharpLibrary.Value.IsCopy;

    /// <summary>The copy of TorchSharp's native library that loads with an older libstdc++; made by the build.</summary>
    internal static string CompatiblePath => Path.Combine(AppContext.BaseDirectory, "compat", "libLibTorchSharp.so");

    private static string PlainPath => Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    /// <summary>Installs the hook once per process. Loads nothing, unless TorchSharp is loaded already.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "It must run before TorchSharp's static constructors.")]
    public static void Install()
    {
        if (Interlocked.Exchange(ref s_installed, 1) != 0)
            return;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => Prepare(loaded.LoadedAssembly);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            Prepare(assembly);
    }

    private static void Prepare(Assembly assembly)
    {
        if (!IsTorchSharp(assembly))
            return;
        try
        {
            // An import resolver is set once per assembly: the event and the search above may both see it.
            NativeLibrary.SetDllImportResolver(assembly, (name, importer, _) => Resolve(importer, name));
        }
        catch (InvalidOperationException)
        {
        }

        try
        {
            _ = TorchSharpHandle;
        }
        catch (TorchLoadException)
        {
            // EnsureLoaded throws it again, with the remedy.
        }
    }

    private static nint Resolve(Assembly assembly, string name)
    {
        if (name is not (NativeName or "torch_cpu") || !IsTorchSharp(assembly))
            return 0;
        try
        {
            return name is NativeName ? TorchSharpHandle : LibTorch.Handle;
        }
        catch (TorchLoadException)
        {
            return 0;
        }
    }

    // The plain library first, so that a system with a new libstdc++ never uses the copy.
    private static (nint Handle, bool IsCopy) LoadTorchSharp()
    {
        _ = LibTorch;
        return NativeLibrary.TryLoad(PlainPath, out var plain) ? (plain, false)
            : NativeLibrary.TryLoad(CompatiblePath, out var copy) ? (copy, true)
            : (0, false);
    }

    private static bool IsTorchSharp(Assembly assembly) => string.Equals(assembly.GetName().Name, AssemblyName, StringComparison.Ordinal);
}
