using HnmStreams.Torch.Networks.EmbeddingBags;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.EmbeddingBags;

public sealed class HashedBagTests
{
    [Fact]
    public void Returns_the_weighted_sum_of_rows_and_ignores_padding()
    {
        using var scope = NewDisposeScope();
        using var bag = new HashedBag(8, 3, deviation: 1);
        var table = bag.named_parameters().Single().parameter;
        var output = bag.forward(tensor(new float[,,] { { { 1, 0.5f }, { 6, -2f } }, { { 3, 1f }, { 0, 0 } }, { { 0, 0 }, { 0, 0 } } }));
        Assert.True(output[0].allclose((0.5f * table[1]) - (2 * table[6])));
        Assert.True(output[1].allclose(table[3]));
        Assert.True(output[2].eq(0).all().item<bool>());
    }

    [Fact]
    public void The_gradient_contains_the_touched_rows()
    {
        using var scope = NewDisposeScope();
        using var bag = new HashedBag(8, 2, deviation: 0);
        var output = bag.forward(tensor(new float[,,] { { { 5, 0.5f }, { 6, 2f } }, { { 5, 1f }, { 0, 0 } } }));
        var gradient = autograd.grad([output.sum()], [.. bag.parameters()])[0];
        Assert.True(gradient.is_sparse);
        Assert.Equal([5L, 6, 5], gradient.SparseIndices.data<long>().ToArray());
        Assert.Equal([0.5f, 0.5f, 2, 2, 1, 1], gradient.SparseValues.contiguous().data<float>().ToArray());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    public void Initial_values_have_the_given_deviation(double deviation)
    {
        using var scope = NewDisposeScope();
        using var seeded = random.manual_seed(1);
        using var bag = new HashedBag(4096, 4, deviation);
        Assert.Equal(deviation, bag.parameters().Single().std().item<float>(), 0.005);
    }
}
