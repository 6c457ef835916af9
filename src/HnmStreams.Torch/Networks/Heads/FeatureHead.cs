using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks.Tables;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Torch.Networks.Heads;

/// <summary>
/// A perceptron on the features of a frozen encoder, which have unit length. They are multiplied by the square root of their number, so
/// that each has a variance of about 1. For embeddings the output is scaled to unit length. An embedding as wide as the features starts
/// as the features themselves, so that training starts from the similarities of the encoder.
/// </summary>
public sealed class FeatureHead : nn.Module<Tensor, Tensor>, IEmbeddingNetwork
{
    private readonly Mlp _layers;
    private readonly double _scale;

    static FeatureHead() => TorchLibrary.EnsureLoaded();

    /// <param name="features">The number of features.</param>
    /// <param name="hidden">The widths of the hidden layers; empty makes a linear model.</param>
    /// <param name="outputs">The number of logits, or the width of the embedding.</param>
    /// <param name="isEmbedding">True if the outputs are an embedding.</param>
    public FeatureHead(int features, IReadOnlyList<int> hidden, int outputs, bool isEmbedding)
        : base(nameof(FeatureHead))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (_scale, IsEmbedding) = (Math.Sqrt(features), isEmbedding);
        HasResidual = isEmbedding && features == outputs;
        _layers = new Mlp(features, hidden, outputs);
        register_module("layers", _layers);
        if (HasResidual)
            _layers.ClearLast();
    }

    /// <summary>True if the outputs are an embedding of unit length.</summary>
    public bool IsEmbedding { get; }

    /// <summary>True if the features are added to the output of the last layer.</summary>
    public bool HasResidual { get; }

    /// <summary>The width of the last hidden layer, or the number of features without one; 0 if the outputs are an embedding already.</summary>
    public int EmbeddingWidth => IsEmbedding ? 0 : _layers.EmbeddingWidth;

    /// <param name="input">[n, features].</param>
    /// <returns>[n, outputs]: logits, or embeddings of length 1.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var scaled = Scaled(input);
        var output = _layers.forward(scaled);
        if (HasResidual)
            output = output.add(scaled, Constants.One);
        return (IsEmbedding ? F.normalize(output, p: 2, dim: 1) : output).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Embed(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _layers.Embed(Scaled(input)).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _layers.Dispose();
        base.Dispose(disposing);
    }

    private Tensor Scaled(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.mul(Constants.Of(_scale));
    }
}
