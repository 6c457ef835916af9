using HnmStreams.Benchmarks.Commands;
using HnmStreams.Benchmarks.Gpu;
using HnmStreams.Host.Application;
using HnmStreams.Torch.Native;
using TorchSharp;

namespace HnmStreams.EndToEnd.Tests.Benchmarks.Gpu;

public sealed class GpuBenchmarkTests
{
    /// <summary>4.089 billion multiplications in TorchVision's description of ResNet-50, 2,048,000 of which are those of its classifier.</summary>
    [Fact]
    public void Counts_the_operations_of_ResNet_50()
    {
        Assert.Equal("ResNet-50", ResNetShape.ResNet50.Name);
        Assert.Equal(2 * 4.087e9, ResNetShape.ResNet50.OperationsPerImage, 1e6);
    }

    [Fact(Timeout = 600_000)]
    public async Task Runs_a_small_network_on_the_cpu_and_reports_ratios()
    {
        TorchLibrary.EnsureLoaded();
        using var output = new StringWriter();
        Assert.Equal(ExitCodes.Ok, await InvokeAsync(output, "gpu", "--device", "cpu", "--small", "--batch", "16", "--batches", "4", "--rounds", "1"));
        Assert.Matches(@"cpu, (bfloat16|float32), ResNet-14 with random weights, images of 64 x 64, median of 1 rounds", output.ToString());
        Assert.Matches(@"network alone +[\d.,]+ images/s, [\d.]+ TFLOP/s, ratio to the peak [\d.]+ ", output.ToString());
        Assert.Matches(@"pipeline +[\d.,]+ images/s, bare loop [\d.,]+, ratio [\d.]+ \(64 images, a step of 2 per 16\)", output.ToString());
    }

    [Fact(Timeout = 600_000)]
    public async Task Is_skipped_by_name_with_the_reason_without_a_gpu()
    {
        TorchLibrary.EnsureLoaded();
        if (torch.cuda.is_available())
            Assert.Skip("This machine has a GPU.");
        using var output = new StringWriter();
        Assert.Equal(ExitCodes.Ok, await InvokeAsync(output, "gpu"));
        Assert.Contains("gpu: skipped:", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("this machine has no CUDA device", output.ToString(), StringComparison.Ordinal);
    }

    private static Task<int> InvokeAsync(TextWriter output, params string[] args) =>
        BenchmarkProgram.InvokeAsync(args, new BenchmarkContext(output, TextWriter.Null, Directory.GetCurrentDirectory(), TimeProvider.System), TestContext.Current.CancellationToken);
}
