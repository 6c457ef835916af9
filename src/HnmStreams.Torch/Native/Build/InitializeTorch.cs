using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace HnmStreams.Torch.Native.Build;

/// <summary>Compiled by <c>Directory.Build.props</c> into every project that references HnmStreams.Torch, executables and tests included.</summary>
[SuppressMessage("Design", "CA1812:Avoid uninstantiated internal classes", Justification = "Holds a module initializer.")]
internal static class InitializeTorch
{
    /// <summary>Installs the hook before any code of this project can use TorchSharp.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "It loads nothing by itself.")]
    internal static void Install() => TorchSharpHook.Install();
}
