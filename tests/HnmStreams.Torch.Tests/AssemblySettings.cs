using System.Runtime.CompilerServices;
using HnmStreams.Torch.Native;

// Native tensors are counted, and torch's generator is seeded, for the whole process: one test at a time.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace HnmStreams.Torch.Tests;

internal static class AssemblySettings
{
    /// <summary>Before any test names <c>torch</c>, were it only for <c>torch.CPU</c>.</summary>
    [ModuleInitializer]
    internal static void LoadTorch()
    {
        try
        {
            TorchLibrary.EnsureLoaded();
        }
        catch (TorchLoadException)
        {
            // Each test that needs it gets the same exception; thrown from here, the runner would not even start.
        }
    }
}
