using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using HnmStreams.Testing;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks.Tables;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Samples;

public sealed class PyTorchSampleTests
{
    public PyTorchSampleTests() => TorchLibrary.EnsureLoaded();

    [Fact]
    public void The_README_quotes_the_script() => ReadmeQuotes.Verify("src/HnmStreams.Torch/README.md");

    /// <summary>The script builds its network only from these names and shapes.</summary>
    [Fact]
    public void The_file_has_the_tensors_that_the_script_expects()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var network = new Mlp(3, [16, 8], 2);
        SafetensorsFile.Write(folder["model.safetensors"], network.state_dict());
        var read = SafetensorsFile.Read(folder["model.safetensors"]);
        long[] widths = [3, 16, 8, 2];
        Assert.Equal(2 * (widths.Length - 1), read.Count);
        for (var i = 0; i < widths.Length - 1; i++)
        {
            Assert.Equal([widths[i + 1], widths[i]], read[$"layer{i}.weight"].shape);
            Assert.Equal([widths[i + 1]], read[$"layer{i}.bias"].shape);
            Assert.Equal(ScalarType.Float32, read[$"layer{i}.weight"].dtype);
        }
    }

    /// <summary>Runs the script if this machine has PyTorch and safetensors for Python, and compares the outputs.</summary>
    [Fact(Timeout = 120_000)]
    public async Task PyTorch_computes_the_same_outputs()
    {
        using var folder = new TemporaryFolder();
        float[] expected;
        using (NewDisposeScope())
        {
            using var network = new Mlp(3, [16, 8], 2);
            SafetensorsFile.Write(folder["model.safetensors"], network.state_dict());
            expected = network.forward(tensor([0.5f, -1, 2]).reshape(1, 3)).data<float>().ToArray();
        }

        var script = Path.Combine(ReadmeQuotes.RepositoryRoot(), "tests/HnmStreams.Torch.Tests/Samples");
        folder.With("run.py", $"""
            import sys
            sys.path.insert(0, r"{script}")
            sys.dont_write_bytecode = True
            from load_in_pytorch import load, torch
            print(*load(r"{folder["model.safetensors"]}")(torch.tensor([[0.5, -1.0, 2.0]])).flatten().tolist())
            """);
        var (exitCode, output, error) = await PythonAsync(folder["run.py"], TestContext.Current.CancellationToken);
        Assert.SkipWhen(error.Contains("No module named", StringComparison.Ordinal), "PyTorch or safetensors for Python is not installed.");
        Assert.True(exitCode == 0, error);
        var actual = output.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(n => float.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private static async Task<(int ExitCode, string Output, string Error)> PythonAsync(string file, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("python3", [file]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync(cancellation);
            var output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, output, await error);
        }
        catch (Win32Exception e)
        {
            Assert.Skip($"Python is not installed: {e.Message}");
            throw;
        }
    }
}
