using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Networks.Tables;
using HnmStreams.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.Tables;

public sealed class NamedFeatureNetTests
{
    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 4 })]
    [InlineData(new[] { 4, 3 })]
    public void Padding_and_other_rows_do_not_change_an_output(int[] hidden)
    {
        using var scope = NewDisposeScope();
        using var network = new NamedFeatureNet(16, hidden, 2);
        Randomize(network);
        network.eval();
        var together = network.forward(tensor(new float[,,] { { { 3, 0.5f }, { 9, 1 } }, { { 5, -2f }, { -1, 0 } }, { { -1, 0 }, { -1, 0 } } }));
        Assert.Equal([3, 2], together.shape);
        Assert.True(together[0].allclose(network.forward(tensor(new float[,,] { { { 3, 0.5f }, { 9, 1 } } }))[0]));
        Assert.True(together[1].allclose(network.forward(tensor(new float[,,] { { { 5, -2f } } }))[0]));
    }

    [Fact]
    public void A_linear_model_sums_the_values_of_numbers_and_the_rows_of_categories()
    {
        using var scope = NewDisposeScope();
        using var network = new NamedFeatureNet(16, [], 1);
        Randomize(network);
        network.eval();
        var weights = network.named_parameters().ToDictionary(p => p.name, p => p.parameter, StringComparer.Ordinal);
        var table = weights["wide.table.weight"];
        // Bucket 3 has no statistics yet, so the number is not scaled, and its typical magnitude is 1.
        var expected = (0.5f * table[3, 0]) + (MathF.Log(1.5f) * table[19, 0]) + table[9, 0] + weights["wide_bias"][0];
        Assert.Equal(expected.item<float>(), network.forward(tensor(new float[,,] { { { 3, 0.5f }, { 9, 1 } } })).item<float>(), 1e-5);
    }

    [Fact]
    public void The_embedding_is_the_input_of_the_last_layer_and_a_linear_model_has_none()
    {
        using var scope = NewDisposeScope();
        using var network = new NamedFeatureNet(16, [4, 3], 2);
        Randomize(network);
        network.eval();
        var rows = tensor(new float[,,] { { { 3, 0.5f }, { 9, 1 } }, { { 5, -2f }, { -1, 0 } } });
        var embedding = network.Embed(rows);
        Assert.Equal([2, network.EmbeddingWidth], embedding.shape);
        // Without the wide part, the outputs are the last layer of the embedding.
        foreach (var (name, parameter) in network.named_parameters().Where(p => p.name.StartsWith("wide", StringComparison.Ordinal)))
        {
            using (no_grad())
                parameter.zero_();
        }

        var last = network.named_parameters().Where(p => p.name.StartsWith("deep", StringComparison.Ordinal)).Select(p => p.parameter).TakeLast(2).ToArray();
        Assert.True(network.forward(rows).allclose(nn.functional.linear(embedding, last[0], last[1]), atol: 1e-5));

        using var linear = new NamedFeatureNet(16, [], 2);
        Assert.Equal(0, linear.EmbeddingWidth);
        Assert.Throws<InvalidOperationException>(() => linear.Embed(rows));
    }

    [Fact]
    public void Standardization_is_part_of_the_saved_state_and_unchanged_by_a_refused_step()
    {
        using var uninterrupted = new Learner(Task(), new TrainingOptions(), CPU, 1, 1);
        using var resumed = new Learner(Task(), new TrainingOptions(), CPU, 2, 1);
        Train(uninterrupted, 0, 4);
        using (var invalid = VectorTask.Row([1, float.NaN, 0, 0], label: 1))
            Assert.False(uninterrupted.Step(invalid).Applied);
        using (var state = uninterrupted.Capture())
            resumed.Restore(state);
        Train(uninterrupted, 4, 8);
        Train(resumed, 4, 8);
        Assert.Equal(Weights(uninterrupted), Weights(resumed));
        using var snapshot = uninterrupted.Current();
        Assert.Equal(8 * 8, snapshot.Tensors["scale.count"][2].item<float>());
    }

    private static VectorTask Task() => new(() => new FourFeatureNet());

    private static void Train(Learner learner, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            using var rows = VectorTask.Rows(8, seed: step);
            Assert.True(learner.Step(rows).Applied);
        }
    }

    private static float[] Weights(Learner learner)
    {
        using var scope = NewDisposeScope();
        using var snapshot = learner.Current();
        return [.. snapshot.Tensors.OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => t.Value.contiguous().data<float>().ToArray())];
    }

    private static void Randomize(NamedFeatureNet network)
    {
        using var guard = no_grad();
        foreach (var parameter in network.parameters())
            parameter.normal_(0, 0.5);
    }

    /// <summary>A network that puts the four numbers of a row in buckets 0 to 3.</summary>
    private sealed class FourFeatureNet : nn.Module<Tensor, Tensor>
    {
        private readonly NamedFeatureNet _inner = new(16, [4], 1);

        public FourFeatureNet()
            : base(nameof(FourFeatureNet))
        {
            foreach (var (name, module) in _inner.named_children())
                register_module(name, module);
            foreach (var (name, parameter) in _inner.named_parameters(recurse: false))
                register_parameter(name, parameter);
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var buckets = arange(4, float32).expand(input.shape[0], 4);
            return _inner.forward(stack([buckets, input], 2)).MoveToOuterDisposeScope();
        }
    }
}
