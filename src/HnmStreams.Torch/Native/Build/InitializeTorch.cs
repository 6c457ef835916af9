using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace HnmStreams.Torch.Native.Build;

// Directory.Build.props compiles this file into every project that references HnmStreams.Torch, executables and tests included.
// These are not documentation comments: the generator of the API description fails on members with the same name in two assemblies.
[SuppressMessage("Design", "CA1812:Avoid uninstantiated internal classes", Justification = "Holds a module initializer.")]
internal static class InitializeTorch
{
    // Installs the hook before any code of this project can use TorchSharp.
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "It loads nothing by itself.")]
    internal static void Install() => TorchSharpHook.Install();
}
