using System.Diagnostics;
using System.Runtime.InteropServices;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Native;

public sealed class TorchLibraryTests
{
    private static readonly string[] LibTorchNames = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];

    [Fact]
    public void Runs_tensor_code_and_describes_the_version()
    {
        TorchLibrary.EnsureLoaded();
        using var x = ones(3);
        using var sum = x.sum();
        Assert.Equal(3f, sum.item<float>());
        Assert.Contains("libtorch 2.10", TorchLibrary.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_native_error_becomes_an_exception()
    {
        TorchLibrary.EnsureLoaded();
        using var a = ones(2, 3);
        using var b = ones(4, 5);
        Assert.ThrowsAny<Exception>(() => a.mm(b));
    }

    [Fact]
    public void The_output_folder_contains_no_copy_of_libtorch() =>
        Assert.Empty(Directory.EnumerateFiles(AppContext.BaseDirectory, "libtorch_cpu*", SearchOption.AllDirectories));

    // Also runs in a child process, in which no code has loaded libtorch before TorchSharp.
    [Fact]
    public void TorchSharp_used_first_loads_the_libtorch_of_the_build()
    {
        using var x = ones(3);
        using var sum = x.sum();
        Assert.Equal(3f, sum.item<float>());
        var loaded = MappedFiles().Where(f => LibTorchNames.Contains(Path.GetFileName(f), StringComparer.Ordinal)).Select(f => Path.GetDirectoryName(f)!).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(Path.GetFullPath(LibTorchOfTheBuild()), Assert.Single(loaded) + "/");
    }

    [Fact(Timeout = 120_000)]
    public async Task Another_libtorch_on_the_library_path_is_not_used()
    {
        var other = Directory.CreateTempSubdirectory("hnm-other-libtorch-");
        try
        {
            // A library that loads without an error but lacks libtorch's symbols, like an older version.
            var library = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.IO.Compression.Native.so");
            foreach (var name in LibTorchNames)
                File.Copy(library, Path.Combine(other.FullName, name));
            var (exitCode, output) = await RunInFreshProcess(nameof(TorchSharp_used_first_loads_the_libtorch_of_the_build), ("LD_LIBRARY_PATH", other.FullName), TestContext.Current.CancellationToken);
            Assert.True(exitCode == 0, output);
            Assert.Contains("Total: 1", output, StringComparison.Ordinal);
        }
        finally
        {
            other.Delete(recursive: true);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Reports_the_attempts_and_the_remedy_for_a_folder_without_libtorch()
    {
        var empty = Directory.CreateTempSubdirectory("hnm-no-libtorch-");
        try
        {
            var (exitCode, output) = await RunInFreshProcess(nameof(Runs_tensor_code_and_describes_the_version), (LibTorchLocator.Variable, empty.FullName), TestContext.Current.CancellationToken);
            Assert.NotEqual(0, exitCode);
            Assert.Contains(nameof(TorchLoadException), output, StringComparison.Ordinal);
            Assert.Contains($"{empty.FullName} ({LibTorchLocator.Variable}): it has no libtorch_cpu.so", output, StringComparison.Ordinal);
            Assert.Contains("What to do", output, StringComparison.Ordinal);
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }

    private static string LibTorchOfTheBuild() => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, LibTorchLocator.PathFile)).Trim();

    private static IEnumerable<string> MappedFiles() =>
        from line in File.ReadLines("/proc/self/maps")
        let path = line.IndexOf('/', StringComparison.Ordinal)
        where path >= 0
        select line[path..];

    // A process loads libtorch once, so another load needs another process. It runs this test program.
    private static async Task<(int ExitCode, string Output)> RunInFreshProcess(string method, (string Name, string Value) variable, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in new[] { typeof(TorchLibraryTests).Assembly.Location, "-noLogo", "-noColor", "-method", $"{typeof(TorchLibraryTests).FullName}.{method}" })
            start.ArgumentList.Add(argument);
        start.Environment[variable.Name] = variable.Value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, output + await errors);
    }
}
