using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Networks.Backbones;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.Backbones;

public sealed class BackboneNetTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_features_of_a_text_do_not_depend_on_padding_or_other_texts(bool isMean)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var encoder = new BertEncoder(SmallBackbones.Shape, isMean);
        var ids = SmallBackbones.Tokens(6, 9);
        var together = encoder.forward(ids);
        Assert.Equal([6, SmallBackbones.Width], together.shape);
        for (var row = 0; row < 6; row++)
        {
            var alone = encoder.forward(ids[row, ..(2 + (row % 8))].unsqueeze(0));
            Assert.InRange((alone[0] - together[row]).abs().max().item<float>(), 0, 1e-5f);
        }
    }

    [Fact]
    public void A_text_of_another_order_has_other_features()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var encoder = new BertEncoder(SmallBackbones.Shape, isMean: true);
        var features = encoder.forward(tensor(new long[,] { { 1, 7, 9, 2 }, { 1, 9, 7, 2 } }));
        Assert.InRange((features[0] - features[1]).abs().max().item<float>(), 1e-4f, 100);
    }

    [Fact]
    public void The_names_of_the_tensors_are_those_of_published_files()
    {
        using var bert = SmallBackbones.Bert(isMean: true, outputs: 2);
        var names = NetworkFactory.State(bert).Select(static s => s.Name).ToHashSet(StringComparer.Ordinal);
        Assert.All(
            (string[])[
                "backbone.embeddings.word_embeddings.weight", "backbone.embeddings.position_embeddings.weight", "backbone.embeddings.token_type_embeddings.weight",
                "backbone.embeddings.LayerNorm.weight", "backbone.embeddings.LayerNorm.bias", "backbone.encoder.layer.0.attention.self.query.weight",
                "backbone.encoder.layer.2.attention.self.key.bias", "backbone.encoder.layer.1.attention.self.value.weight", "backbone.encoder.layer.0.attention.output.dense.weight",
                "backbone.encoder.layer.0.attention.output.LayerNorm.bias", "backbone.encoder.layer.0.intermediate.dense.weight", "backbone.encoder.layer.0.output.dense.bias",
                "backbone.encoder.layer.2.output.LayerNorm.weight", "head.layers.layer0.weight",
            ],
            name => Assert.Contains(name, names));
        Assert.Equal(5 + (3 * 16) + 4, names.Count);

        using var resNet = new ResNet(3, [2, 2, 2, 2], isBottleneck: false);
        var state = NetworkFactory.State(resNet);
        // ResNet-18 has 62 parameters with its classifier, and three buffers for each of 20 normalizations.
        Assert.Equal(60 + 60, state.Count);
        Assert.Equal(11_176_512, state.Where(static s => s.Tensor is TorchSharp.Modules.Parameter).Sum(static s => s.Tensor.NumberOfElements));
        Assert.Contains(state, static s => s.Name == "layer2.0.downsample.1.running_var");
        using var deep = new ResNet(3, [3, 4, 6, 3], isBottleneck: true);
        Assert.Equal((2048, 23_508_032), (deep.Width, deep.parameters().Sum(static p => p.NumberOfElements)));
    }

    [Fact]
    public void Training_does_not_change_the_statistics_of_normalization()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var network = SmallBackbones.Residual([1, 1, 1, 1], isBottleneck: false, outputs: 2);
        var before = network.named_buffers().Select(static b => b.buffer.clone()).ToArray();
        network.train();
        var images = randn(2, 3, 32, 32);
        var trained = network.forward(images);
        network.eval();
        Assert.True(trained.equal(network.forward(images)).all().item<bool>());
        Assert.All(network.named_buffers().Zip(before), static pair => Assert.True(pair.First.buffer.equal(pair.Second).all().item<bool>()));
    }
}
