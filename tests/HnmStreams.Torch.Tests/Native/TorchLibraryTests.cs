using System.Diagnostics;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Native;

public sealed class TorchLibraryTests
{
    [Fact]
    public void Tensor_code_runs_and_the_description_names_the_version()
    {
        TorchLibrary.EnsureLoaded();
        using var x = ones(3);
        using var sum = x.sum();
        Assert.Equal(3f, sum.item<float>());
        Assert.Contains("libtorch 2.10", TorchLibrary.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_native_error_comes_back_as_an_exception()
    {
        TorchLibrary.EnsureLoaded();
        using var a = ones(2, 3);
        using var b = ones(4, 5);
        Assert.ThrowsAny<Exception>(() => a.mm(b));
    }

    [Fact]
    public void No_output_folder_carries_libtorch_itself() =>
        Assert.Empty(Directory.EnumerateFiles(AppContext.BaseDirectory, "libtorch_cpu*", SearchOption.AllDirectories));

    [Fact]
    public async Task A_folder_without_libtorch_ends_in_one_message_that_says_what_was_tried_and_what_to_do()
    {
        var empty = Directory.CreateTempSubdirectory("hnm-no-libtorch-");
        try
        {
            var output = await RunInFreshProcess(nameof(Tensor_code_runs_and_the_description_names_the_version), empty.FullName);
            Assert.Contains(nameof(TorchLoadException), output, StringComparison.Ordinal);
            Assert.Contains($"{empty.FullName} ({LibTorchLocator.Variable}): no libtorch_cpu.so there", output, StringComparison.Ordinal);
            Assert.Contains("What to do", output, StringComparison.Ordinal);
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }

    // A process loads libtorch once, so a failing load needs one of its own: this very test program.
    private static async Task<string> RunInFreshProcess(string method, string libtorch)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in new[] { typeof(TorchLibraryTests).Assembly.Location, "-noLogo", "-noColor", "-method", $"{typeof(TorchLibraryTests).FullName}.{method}" })
            start.ArgumentList.Add(argument);
        start.Environment[LibTorchLocator.Variable] = libtorch;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(0, process.ExitCode);
        return output + await errors;
    }
}
