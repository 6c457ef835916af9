using HnmStreams.Testing;
using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Networks.Backbones;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.Backbones;

public sealed class PretrainedBackboneTests
{
    [Theory]
    [InlineData("", ScalarType.Float32)]
    [InlineData("bert.", ScalarType.Float32)]
    [InlineData("0.auto_model.", ScalarType.Float32)]
    [InlineData("bert.", ScalarType.BFloat16)]
    public void A_BERT_file_is_loaded_by_the_names_of_its_tensors(string prefix, ScalarType type)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var encoder = new BertEncoder(SmallBackbones.Shape, isMean: true);
        var path = Write(folder, encoder, prefix, type);
        File.WriteAllText(Path.Combine(folder.Path, "config.json"), """{ "model_type": "bert", "num_attention_heads": 4, "hidden_act": "gelu", "layer_norm_eps": 1e-12 }""");

        var backbone = PretrainedBackbone.Read(path, heads: null, isMean: true);
        Assert.Equal((16, true, 12, 50, 4), (backbone.Width, backbone.TakesTokens, backbone.MaxTokens, backbone.Vocabulary, backbone.Layers));
        using var network = backbone.CreateNetwork([], 3, isEmbedding: false);
        var ids = SmallBackbones.Tokens(4, 6);
        Assert.InRange((network.Backbone.forward(ids) - encoder.forward(ids)).abs().max().item<float>(), 0, type == ScalarType.Float32 ? 0 : 0.1f);
    }

    [Fact]
    public void A_ResNet_file_is_loaded_and_its_classifier_is_ignored()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var resNet = new ResNet(3, [2, 2, 2, 2], isBottleneck: false);
        var path = Write(folder, resNet, "", ScalarType.Float32, ("fc.weight", zeros(1000, 512)));
        var backbone = PretrainedBackbone.Read(path, heads: null, isMean: true);
        Assert.Equal((512, false, "ResNet-18", 5), (backbone.Width, backbone.TakesTokens, backbone.Architecture, backbone.Layers));
        using var network = backbone.CreateNetwork([], 3, isEmbedding: false);
        var images = randn(2, 3, 40, 32);
        Assert.Equal(0, (network.Backbone.forward(images) - resNet.forward(images)).abs().max().item<float>());
    }

    [Fact]
    public void The_layers_of_parameters_are_counted_from_the_input()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var encoder = new BertEncoder(SmallBackbones.Shape, isMean: true);
        var bert = PretrainedBackbone.Read(Write(folder, encoder, "", ScalarType.Float32), heads: 4, isMean: true);
        Assert.Equal(
            [0, 0, 1, 3, null],
            new[] { "backbone.embeddings.word_embeddings.weight", "backbone.embeddings.LayerNorm.bias", "backbone.encoder.layer.0.output.dense.bias", "backbone.encoder.layer.2.attention.self.key.weight", "head.layers.layer0.weight" }
                .Select(bert.LayerOf));
        using var resNet = new ResNet(1, [1, 1, 1, 1], isBottleneck: true);
        var residual = PretrainedBackbone.Read(Write(folder, resNet, "", ScalarType.Float32), heads: null, isMean: true);
        Assert.Equal("ResNet-14", residual.Architecture);
        Assert.Equal(
            [0, 0, 1, 4],
            new[] { "backbone.conv1.weight", "backbone.bn1.bias", "backbone.layer1.0.conv2.weight", "backbone.layer4.0.downsample.0.weight" }.Select(residual.LayerOf));
    }

    [Fact]
    public void Files_that_cannot_be_used_are_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var encoder = new BertEncoder(SmallBackbones.Shape, isMean: true);
        var path = Write(folder, encoder, "", ScalarType.Float32);
        Refused("task.backbone.heads", () => PretrainedBackbone.Read(path, heads: null, isMean: true));
        Refused("divisor of 16", () => PretrainedBackbone.Read(path, heads: 5, isMean: true));
        Refused("no such file", () => PretrainedBackbone.Read(path + ".other", heads: 4, isMean: true));
        var config = Path.Combine(folder.Path, "config.json");
        File.WriteAllText(config, """{ "model_type": "roberta" }""");
        Refused("model_type must be bert but is roberta", () => PretrainedBackbone.Read(path, heads: 4, isMean: true));
        File.Delete(config);

        var tensors = NetworkFactory.State(encoder).ToDictionary(static s => s.Name, static s => s.Tensor, StringComparer.Ordinal);
        tensors.Remove("encoder.layer.1.output.dense.bias");
        SafetensorsFile.Write(path, tensors);
        Refused("must have the tensor 'encoder.layer.1.output.dense.bias'", () => PretrainedBackbone.Read(path, heads: 4, isMean: true));
        tensors["encoder.layer.1.output.dense.bias"] = zeros(17);
        SafetensorsFile.Write(path, tensors);
        Refused("must have the shape [16] but has [17]", () => PretrainedBackbone.Read(path, heads: 4, isMean: true));
        SafetensorsFile.Write(path, new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["weight"] = zeros(2) });
        Refused("conv1.weight", () => PretrainedBackbone.Read(path, heads: 4, isMean: true));
    }

    private static void Refused(string reason, Action read) => Assert.Contains(reason, Assert.Throws<InvalidDataException>(read).Message, StringComparison.Ordinal);

    private static string Write(TemporaryFolder folder, nn.Module network, string prefix, ScalarType type, params (string Name, Tensor Tensor)[] others)
    {
        var path = Path.Combine(folder.Path, "model.safetensors");
        using var guard = no_grad();
        var tensors = NetworkFactory.State(network).ToDictionary(s => prefix + s.Name, s => s.Tensor.is_floating_point() ? s.Tensor.to(type) : s.Tensor, StringComparer.Ordinal);
        foreach (var (name, tensor) in others)
            tensors.Add(name, tensor);
        SafetensorsFile.Write(path, tensors);
        return path;
    }
}
