using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Testing;
using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Export;
using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Networks.Tables;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Export;

public sealed class ModelExportTests
{
    private static readonly Dictionary<string, string> NoMetadata = new(StringComparer.Ordinal);

    [Fact]
    public void A_TorchScript_file_comes_back_with_the_new_weights()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        TorchScriptFile.WritePerceptron(folder["in.pt"], 4, 8, 2);
        var task = new RowTask(folder["in.pt"]);
        using var trained = TorchScriptModel.Load(folder["in.pt"]);
        using (no_grad())
        {
            foreach (var parameter in trained.parameters())
                parameter.mul_(2);
        }

        var weights = NetworkFactory.State(trained).ToDictionary(static s => s.Name, static s => s.Tensor, StringComparer.Ordinal);
        ModelExport.Write(task, weights, ModelExport.TorchScript, folder["out.pt"], NoMetadata);
        using var read = TorchScriptModel.Load(folder["out.pt"]);
        trained.eval();
        read.eval();
        var input = randn(5, 4);
        Assert.True(trained.forward(input).eq(read.forward(input)).all().item<bool>());
        Assert.Contains("torch.onnx.export", Assert.Throws<NotSupportedException>(() => ModelExport.Write(task, weights, ModelExport.Onnx, folder["out.onnx"], NoMetadata)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Safetensors_are_written_with_their_metadata()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var task = new RowTask(null);
        using var network = task.CreateNetwork();
        ModelExport.Write(task, network.state_dict(), ModelExport.Safetensors, folder["out.safetensors"], new Dictionary<string, string>(StringComparer.Ordinal) { ["task"] = "rows" });
        Assert.Equal(4, SafetensorsFile.Read(folder["out.safetensors"]).Count);
        Assert.Contains("\"task\":\"rows\"", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(folder["out.safetensors"])), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_network_are_refused()
    {
        using var scope = NewDisposeScope();
        using var other = new Mlp(4, [9], 2);
        Assert.Throws<InvalidDataException>(() => ModelExport.Write(new RowTask(null), other.state_dict(), ModelExport.Onnx, "unused", NoMetadata));
    }

    private sealed class RowTask(string? modelFile) : ILearningTask
    {
        public string Name => "rows";

        public int OutputWidth => 2;

        public string? ModelFile => modelFile;

        public Rejection? Encode(Example example, RowBuffer rows) => throw new NotSupportedException();

        public nn.Module<Tensor, Tensor> CreateNetwork() => new Mlp(4, [8], 2);

        public Tensor? TrialInput(int rows) => zeros(rows, 4);

        public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices) => throw new NotSupportedException();

        public Tensor Loss(Tensor outputs, Tensor targets) => throw new NotSupportedException();

        public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness) => throw new NotSupportedException();
    }
}
