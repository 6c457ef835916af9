using HnmStreams.Encoders;
using HnmStreams.Testing;
using HnmStreams.Torch.Networks.Backbones;
using HnmStreams.Torch.Snapshots;
using Microsoft.ML.OnnxRuntime;
using Onnx;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.Backbones;

/// <summary>Tests that published weights compute the same here as in ONNX Runtime. The weights are taken from ONNX files and written under the names of safetensors files.</summary>
public sealed class PublishedWeightsTests
{
    private const double MaxDifference = 1e-4;

    // The tensors of a layer in the order of the products of a graph that PyTorch has exported.
    private static readonly string[] Products =
        ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense"];

    [Fact]
    public void MiniLM_returns_the_features_that_ONNX_Runtime_computes()
    {
        var onnx = Path.Combine(EncoderFiles.MiniLm(), "model.onnx");
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(onnx)).Graph;
        var initializers = graph.Initializer.ToDictionary(static i => i.Name, static i => i, StringComparer.Ordinal);
        var tensors = initializers.Values.Where(static i => i.DataType == (int)TensorProto.Types.DataType.Float && !i.Name.StartsWith("onnx::", StringComparison.Ordinal) && i.Name.Contains('.', StringComparison.Ordinal))
            .ToDictionary(static i => i.Name, Of, StringComparer.Ordinal);
        // The matrices of products have no names and are transposed.
        var matrices = graph.Node.Where(node => node.OpType == "MatMul" && initializers.ContainsKey(node.Input[1])).Select(node => Of(initializers[node.Input[1]]).t().contiguous()).ToArray();
        Assert.Equal(36, matrices.Length);
        for (var i = 0; i < matrices.Length; i++)
            tensors[$"encoder.layer.{i / Products.Length}.{Products[i % Products.Length]}.weight"] = matrices[i];
        var path = Path.Combine(folder.Path, "model.safetensors");
        SafetensorsFile.Write(path, tensors);

        var backbone = PretrainedBackbone.Read(path, heads: 12, isMean: false);
        Assert.Equal("BERT, 6 layers, 12 heads, 384 features", backbone.Architecture);
        using var network = backbone.CreateNetwork([], 2, isEmbedding: false);
        network.eval();
        random.manual_seed(11);
        long[] lengths = [12, 5, 30, 2];
        var ids = full(lengths.Length, 30, -1L, ScalarType.Int64);
        for (var row = 0; row < lengths.Length; row++)
            ids[row, ..(int)lengths[row]] = randint(0, backbone.Vocabulary, [lengths[row]], ScalarType.Int64);
        using var guard = no_grad();
        var features = network.Backbone.forward(ids);

        // ONNX Runtime returns all tokens; the first one has the features.
        using var session = new InferenceSession(onnx);
        var mask = ids.ge(0).to(ScalarType.Int64);
        var inputs = new Dictionary<string, OrtValue>(StringComparer.Ordinal)
        {
            ["input_ids"] = Value(ids.clamp(0)),
            ["attention_mask"] = Value(mask),
            ["token_type_ids"] = Value(zeros_like(mask)),
        };
        using var run = new RunOptions();
        using var outputs = session.Run(run, inputs, ["last_hidden_state"]);
        var expected = tensor(outputs[0].GetTensorDataAsSpan<float>().ToArray(), lengths.Length, 30, 384).select(1, 0);
        Assert.InRange((features - expected).abs().max().item<float>(), 0, MaxDifference);
        Assert.InRange(expected.abs().max().item<float>(), 0.1, 100);
    }

    [Fact]
    public void A_residual_network_returns_the_features_that_ONNX_Runtime_computes()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(EncoderFiles.ResNet18()));
        var initializers = model.Graph.Initializer.ToDictionary(static i => i.Name, static i => i, StringComparer.Ordinal);
        var nodes = model.Graph.Node.ToDictionary(static n => n.Output[0], static n => n, StringComparer.Ordinal);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        // The file has one block more in its last stage than ResNet-18 of the paper.
        var layers = new Queue<string>(
            from stage in Enumerable.Range(1, 4) from block in Enumerable.Range(0, stage == 4 ? 3 : 2) from layer in Enumerable.Range(1, 2) select $"layer{stage}.{block}.conv{layer}");
        var stages = 2;
        foreach (var norm in model.Graph.Node.Where(static node => node.OpType == "BatchNormalization"))
        {
            var convolution = nodes[norm.Input[0]];
            var weight = Of(initializers[convolution.Input[1]]);
            var name = weight.shape[2] switch { 7 => "conv1", 1 => $"layer{stages++}.0.downsample.0", _ => layers.Dequeue() };
            tensors[$"{name}.weight"] = weight;
            var normName = name.EndsWith("downsample.0", StringComparison.Ordinal) ? $"{name[..^1]}1" : name.Replace("conv", "bn", StringComparison.Ordinal);
            foreach (var (part, i) in ((string[])["weight", "bias", "running_mean", "running_var"]).Select(static (part, i) => (part, i)))
                tensors[$"{normName}.{part}"] = Of(initializers[norm.Input[i + 1]]);
        }

        Assert.Empty(layers);
        var path = Path.Combine(folder.Path, "model.safetensors");
        SafetensorsFile.Write(path, tensors);
        var backbone = PretrainedBackbone.Read(path, heads: null, isMean: true);
        Assert.Equal("ResNet-20", backbone.Architecture);
        using var network = backbone.CreateNetwork([], 2, isEmbedding: false);
        network.eval();
        random.manual_seed(11);
        // The file takes the brightness, 0 to 255, less a mean.
        var image = (rand(1, 3, 224, 224) * 255) - 120;
        using var guard = no_grad();
        var features = network.Backbone.forward(image);

        PadAsTorchVision(model.Graph);
        using var session = new InferenceSession(Google.Protobuf.MessageExtensions.ToByteArray(model));
        using var input = OrtValue.CreateTensorValueFromMemory(image.data<float>().ToArray(), image.shape);
        using var run = new RunOptions();
        using var outputs = session.Run(run, session.InputNames, [input], session.OutputNames);
        var expected = tensor(outputs[0].GetTensorDataAsSpan<float>().ToArray(), 1, 512);
        Assert.InRange((features - expected).abs().max().item<float>(), 0, MaxDifference);
        Assert.InRange(expected.abs().max().item<float>(), 0.1, 1000);
    }

    // The file was written by CNTK, which pads layers of stride 2 before the image only. TorchVision pads both sides.
    private static void PadAsTorchVision(GraphProto graph)
    {
        foreach (var pads in graph.Node.Where(static node => node.OpType is "Conv" or "MaxPool").Select(static node => node.Attribute.Single(static a => a.Name == "pads").Ints))
        {
            var largest = pads.Max();
            for (var i = 0; i < pads.Count; i++)
                pads[i] = largest;
        }
    }

    private static OrtValue Value(Tensor tensor) => OrtValue.CreateTensorValueFromMemory(tensor.contiguous().data<long>().ToArray(), tensor.shape);

    private static Tensor Of(TensorProto proto)
    {
        var values = proto.RawData.IsEmpty ? [.. proto.FloatData] : System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(proto.RawData.Span).ToArray();
        return tensor(values, [.. proto.Dims]);
    }
}
