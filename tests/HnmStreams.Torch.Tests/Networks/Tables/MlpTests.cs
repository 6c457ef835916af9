using HnmStreams.Torch.Networks.Tables;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.Tables;

public sealed class MlpTests
{
    [Fact]
    public void Layers_are_linear_with_ReLU_between()
    {
        using var scope = NewDisposeScope();
        using var network = new Mlp(3, [5, 4], 2);
        var p = network.parameters().ToArray();
        var x = randn(7, 3);
        var expected = nn.functional.linear(nn.functional.linear(nn.functional.linear(x, p[0], p[1]).relu(), p[2], p[3]).relu(), p[4], p[5]);
        Assert.True(network.forward(x).allclose(expected));
        Assert.Equal([7, 2], expected.shape);
    }

    [Fact]
    public void Without_hidden_layers_it_is_a_linear_model()
    {
        using var network = new Mlp(30, [], 1);
        Assert.Equal(31, network.parameters().Sum(p => p.NumberOfElements));
    }
}
