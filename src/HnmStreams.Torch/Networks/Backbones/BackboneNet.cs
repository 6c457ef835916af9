using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks.Heads;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>
/// A pretrained backbone and a head, trained together. The features of the backbone are scaled to length 1, so that the head is that of a frozen encoder: with an
/// untrained backbone both return the same. <see cref="PretrainedBackbone"/> creates it.
/// </summary>
public sealed class BackboneNet : nn.Module<Tensor, Tensor>, IEmbeddingNetwork
{
    internal const string BackbonePrefix = "backbone.";

    private readonly nn.Module<Tensor, Tensor> _backbone;
    private readonly FeatureHead _head;
    private readonly BackboneComputing _computing;

    static BackboneNet() => TorchLibrary.EnsureLoaded();

    /// <param name="backbone">An <see cref="IBackbone"/>.</param>
    internal BackboneNet(nn.Module<Tensor, Tensor> backbone, FeatureHead head, BackboneComputing? computing = null)
        : base(nameof(BackboneNet))
    {
        (_backbone, _head, _computing) = (backbone, head, computing ?? new BackboneComputing());
        register_module("backbone", backbone);
        register_module("head", head);
    }

    internal nn.Module<Tensor, Tensor> Backbone => _backbone;

    internal FeatureHead Head => _head;

    /// <summary>True if the input is the ids of tokens (int64), false if it is images (float32).</summary>
    public bool TakesTokens => ((IBackbone)_backbone).TakesTokens;

    /// <summary>True if training steps keep the inputs of the layers only.</summary>
    internal bool RecomputesActivations => _computing.RecomputesActivations;

    /// <inheritdoc/>
    public int EmbeddingWidth => _head.EmbeddingWidth;

    /// <param name="input">int64 [n, longest], -1 pads; or float32 [n, channels, height, width].</param>
    /// <returns>[n, outputs]: logits, or embeddings of length 1.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _head.forward(Features(input)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Embed(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _head.Embed(Features(input)).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the layers for an input, from the input to the outputs. Tensors that they share belong to the caller's dispose scope.</summary>
    internal IReadOnlyList<NetworkLayer> Layers(Tensor input) =>
        [.. ((IBackbone)_backbone).Layers(input).Select(static layer => layer.Under(BackbonePrefix)), new(["head."], Outputs)];

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _backbone.Dispose();
            _head.Dispose();
        }

        base.Dispose(disposing);
    }

    private Tensor Features(Tensor input) => Normalized(_backbone.forward(input));

    private static Tensor Normalized(Tensor features) => F.normalize(features, p: 2, dim: 1);

    private Tensor Outputs(Tensor features)
    {
        using var scope = NewDisposeScope();
        return _head.forward(Normalized(features)).MoveToOuterDisposeScope();
    }
}
