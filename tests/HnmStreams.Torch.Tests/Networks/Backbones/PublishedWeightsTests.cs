using HnmStreams.Encoders;
using HnmStreams.Torch.Networks.Backbones;
using Microsoft.ML.OnnxRuntime;
using Onnx;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.Backbones;

/// <summary>Tests that published weights compute the same here as in ONNX Runtime. The weights are taken from ONNX files and written under the names of safetensors files (<see cref="EncoderFiles"/>).</summary>
public sealed class PublishedWeightsTests
{
    private const double MaxDifference = 1e-4;

    [Fact]
    public void MiniLM_returns_the_features_that_ONNX_Runtime_computes()
    {
        var onnx = Path.Combine(EncoderFiles.MiniLm(), "model.onnx");
        using var scope = NewDisposeScope();
        var backbone = PretrainedBackbone.Read(EncoderFiles.MiniLmWeights(), heads: null, isMean: false);
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
        using var scope = NewDisposeScope();
        var backbone = PretrainedBackbone.Read(EncoderFiles.ResNet18Weights(), heads: null, isMean: true);
        Assert.Equal("ResNet-20", backbone.Architecture);
        using var network = backbone.CreateNetwork([], 2, isEmbedding: false);
        network.eval();
        random.manual_seed(11);
        // The file takes the brightness, 0 to 255, less a mean.
        var image = (rand(1, 3, 224, 224) * 255) - 120;
        using var guard = no_grad();
        var features = network.Backbone.forward(image);

        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(EncoderFiles.ResNet18()));
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
}
