using HnmStreams.Torch.Networks.Images;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.Images;

public sealed class EmbeddingConvNetTests
{
    [Theory]
    [InlineData(1, 56, 46, 64)]
    [InlineData(3, 17, 9, 5)]
    public void Each_embedding_has_unit_length(int channels, int height, int width, int embedding)
    {
        using var scope = NewDisposeScope();
        using var network = new EmbeddingConvNet(channels, height, width, embedding);
        var outputs = network.forward(randn(3, channels, height, width));
        Assert.Equal([3, embedding], outputs.shape);
        Assert.True(outputs.square().sum(1).sub(1).abs().lt(1e-5).all().item<bool>());
    }

    [Fact]
    public void Has_the_documented_number_of_parameters()
    {
        using var network = new EmbeddingConvNet(1, 56, 46, 64);
        Assert.Equal(166_720, network.parameters().Sum(p => p.numel()));
    }
}
