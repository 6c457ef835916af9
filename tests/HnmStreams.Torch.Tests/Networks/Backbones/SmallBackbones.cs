using HnmStreams.Torch.Networks.Backbones;
using HnmStreams.Torch.Networks.Heads;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.Backbones;

/// <summary>Small backbones with random weights, and their inputs.</summary>
internal static class SmallBackbones
{
    public const int Width = 16;

    public static readonly BertShape Shape = new(Vocabulary: 50, Positions: 12, Types: 2, Width, Intermediate: 32, Layers: 3, Heads: 4);

    public static BackboneNet Bert(bool isMean, int outputs, bool isEmbedding = false, BackboneComputing? computing = null)
    {
        var encoder = new BertEncoder(Shape, isMean, computing?.Precision);
        return new BackboneNet(encoder, new FeatureHead(Width, [8], outputs, isEmbedding), computing);
    }

    public static BackboneNet Residual(int[] blocks, bool isBottleneck, int outputs, BackboneComputing? computing = null)
    {
        var network = new ResNet(3, blocks, isBottleneck, computing?.Precision);
        using var guard = no_grad();
        // Statistics other than 0 and 1, so that they matter.
        foreach (var (name, buffer) in network.named_buffers())
        {
            if (name.EndsWith("running_mean", StringComparison.Ordinal))
                buffer.uniform_(-0.1, 0.1);
            else if (name.EndsWith("running_var", StringComparison.Ordinal))
                buffer.uniform_(0.5, 1.5);
        }

        return new BackboneNet(network, new FeatureHead(network.Width, [], outputs, isEmbedding: false), computing);
    }

    /// <summary>Returns texts of 2 to <paramref name="longest"/> tokens, padded with -1.</summary>
    public static Tensor Tokens(int rows, int longest)
    {
        var ids = randint(0, Shape.Vocabulary, [rows, longest], ScalarType.Int64);
        for (var row = 0; row < rows; row++)
        {
            for (var i = 2 + (row % (longest - 1)); i < longest; i++)
                ids[row, i] = tensor(-1L);
        }

        return ids;
    }
}
