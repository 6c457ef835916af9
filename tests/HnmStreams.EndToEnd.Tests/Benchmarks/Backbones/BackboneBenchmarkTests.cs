using HnmStreams.Benchmarks.Backbones;
using HnmStreams.Testing;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks.Backbones;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.EndToEnd.Tests.Benchmarks.Backbones;

public sealed class BackboneBenchmarkTests
{
    private const int Width = 8;

    [Theory]
    [InlineData(0, false)]
    [InlineData(3, true)]
    public void Reports_the_memory_and_the_time_of_steps_and_scores(int rowsPerPass, bool recomputes)
    {
        if (!File.Exists("/proc/self/clear_refs"))
            Assert.Skip("The benchmark needs /proc/self/clear_refs of Linux.");
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "model.safetensors");
        Write(file);
        File.WriteAllText(Path.Combine(folder.Path, "config.json"), """{ "model_type": "bert", "num_attention_heads": 2 }""");
        var settings = new BackboneSettings(file, Rows: 8, Size: 6, rowsPerPass, FrozenLayers: 0, new BackboneComputing(RecomputesActivations: recomputes), Steps: 2, Threads: 1);
        var report = BackboneBenchmark.Run(settings, CancellationToken.None);
        Assert.Equal("BERT, 1 layers, 2 heads, 8 features", report.Architecture);
        Assert.True(report is { StepCpuSeconds: >= 0, ScoreCpuSeconds: >= 0, StepPeakBytes: >= 0 });
        Assert.Contains($"8 rows of 6, {rowsPerPass} rows per pass, 0 frozen layers, bfloat16 False, recomputed {recomputes}: ", report.ToString(), StringComparison.Ordinal);
    }

    private static void Write(string path)
    {
        TorchLibrary.EnsureLoaded();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["embeddings.word_embeddings.weight"] = randn(20, Width),
            ["embeddings.position_embeddings.weight"] = randn(10, Width),
            ["embeddings.token_type_embeddings.weight"] = randn(2, Width),
        };
        foreach (var norm in (string[])["embeddings.LayerNorm", "encoder.layer.0.attention.output.LayerNorm", "encoder.layer.0.output.LayerNorm"])
            (tensors[$"{norm}.weight"], tensors[$"{norm}.bias"]) = (ones(Width), zeros(Width));
        foreach (var (name, outputs, inputs) in ((string, int, int)[])[("attention.self.query", Width, Width), ("attention.self.key", Width, Width), ("attention.self.value", Width, Width), ("attention.output.dense", Width, Width), ("intermediate.dense", 16, Width), ("output.dense", Width, 16)])
            (tensors[$"encoder.layer.0.{name}.weight"], tensors[$"encoder.layer.0.{name}.bias"]) = (randn(outputs, inputs), zeros(outputs));
        SafetensorsFile.Write(path, tensors);
    }
}
