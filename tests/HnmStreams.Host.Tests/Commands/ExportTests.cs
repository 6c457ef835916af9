using HnmStreams.Host.Application;
using HnmStreams.Testing;

namespace HnmStreams.Host.Tests.Commands;

/// <summary>Tests of <c>hnm export</c>.</summary>
public sealed class ExportTests
{
    private static readonly string[] Tabular = ["--set", "task.name=tabular", "--set", "task.tabular.features=3", "--set", "task.tabular.hidden=4"];

    [Fact(Timeout = 120_000)]
    public async Task Writes_an_ONNX_file_beside_the_weights()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        Assert.Equal(ExitCodes.Ok, await test.InvokeAsync(["export", "model.safetensors", .. Tabular]));
        Assert.Equal(folder["model.onnx"], test.Out.ToString().Trim());
        var text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(folder["model.onnx"], TestContext.Current.CancellationToken));
        Assert.Contains("preprocessing", text, StringComparison.Ordinal);
        Assert.Contains("its sigmoid is the probability of", text, StringComparison.Ordinal);
        Assert.Equal(["model.onnx", "model.safetensors"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("torchscript", "Export it as onnx, or as safetensors.")]
    [InlineData("safetensors", "'--output' must differ from the model")]
    public async Task Says_what_to_do_if_a_format_cannot_be_written(string format, string remedy)
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        Assert.NotEqual(ExitCodes.Ok, await test.InvokeAsync(["export", ".", "--format", format, .. Tabular]));
        Assert.Contains(remedy, test.Error.ToString(), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact(Timeout = 120_000)]
    public async Task Weights_of_another_network_are_refused()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        Assert.NotEqual(ExitCodes.Ok, await test.InvokeAsync(["export", "model.safetensors", .. Tabular, "--set", "task.tabular.hidden=5"]));
        Assert.Contains("must have the shape", test.Error.ToString(), StringComparison.Ordinal);
    }

    private static void Write(string folder) => SavedTabularModel.Write(Path.Combine(folder, "model.safetensors"));
}
