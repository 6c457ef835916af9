using HnmStreams.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>
/// A BERT encoder of texts (Devlin et al., arXiv 1810.04805), such as MiniLM, with the tensor names of Hugging Face's <c>BertModel</c>. The features
/// of a text are the mean over its tokens, or those of its first token.
/// </summary>
internal sealed class BertEncoder : nn.Module<Tensor, Tensor>, IBackbone
{
    // The softmax of padding is exactly 0.
    private const double Masked = -1e9;

    private readonly Embedding _words, _positions, _types;
    private readonly LayerNorm _norm;
    private readonly BertLayer[] _layers;
    private readonly NamedParts _embeddings, _encoder;
    private readonly BertShape _shape;
    private readonly ProductPrecision _precision;

    static BertEncoder() => TorchLibrary.EnsureLoaded();

    /// <param name="isMean">True for the mean over the tokens, false for the first token.</param>
    /// <param name="precision">The precision of products; null for float32.</param>
    public BertEncoder(BertShape shape, bool isMean, ProductPrecision? precision = null)
        : base(nameof(BertEncoder))
    {
        (_shape, IsMean, _precision) = (shape, isMean, precision ?? ProductPrecision.Float32);
        // A batch has a few hundred of the 30,000 tokens: only their rows have gradients.
        _words = nn.Embedding(shape.Vocabulary, shape.Width, sparse: true);
        _positions = nn.Embedding(shape.Positions, shape.Width);
        _types = nn.Embedding(shape.Types, shape.Width);
        _norm = nn.LayerNorm(shape.Width, shape.Epsilon);
        _layers = [.. Enumerable.Range(0, shape.Layers).Select(_ => new BertLayer(shape, _precision))];
        _embeddings = new NamedParts(("word_embeddings", _words), ("position_embeddings", _positions), ("token_type_embeddings", _types), ("LayerNorm", _norm));
        _encoder = new NamedParts(("layer", new NamedParts([.. _layers.Select(static (layer, i) => ($"{i}", (nn.Module)layer))])));
        register_module("embeddings", _embeddings);
        register_module("encoder", _encoder);
    }

    /// <summary>True if the features are the mean over the tokens, false if they are those of the first token.</summary>
    public bool IsMean { get; }

    public BertShape Shape => _shape;

    public int Width => _shape.Width;

    public bool TakesTokens => true;

    /// <param name="input">int64 [n, longest]: the ids of the tokens; -1 pads shorter texts.</param>
    /// <returns>[n, width].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Layers(input).Aggregate(input, static (x, layer) => layer.Forward(x)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IReadOnlyList<NetworkLayer> Layers(Tensor input)
    {
        var padding = input.lt(Constants.Zero);
        var bias = zeros(input.shape, float32, input.device).masked_fill_(padding, Constants.Of(Masked)).view(input.shape[0], 1, 1, input.shape[1]);
        return
        [
            new(["embeddings."], ids => Embed(ids, padding)),
            .. _layers.Select((layer, i) => new NetworkLayer([$"encoder.layer.{i}."], x => layer.Forward(x, bias))),
            new([], x => Pool(x, padding)),
        ];
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _embeddings.Dispose();
            _encoder.Dispose();
        }

        base.Dispose(disposing);
    }

    private Tensor Embed(Tensor ids, Tensor padding)
    {
        using var scope = NewDisposeScope();
        var x = _words.forward(ids.masked_fill(padding, Constants.Zero))
            .add(_positions.weight!.narrow(0, 0, ids.shape[1]), Constants.One)
            .add(_types.weight!.select(0, 0), Constants.One);
        return _norm.forward(x).MoveToOuterDisposeScope();
    }

    private Tensor Pool(Tensor x, Tensor padding)
    {
        using var scope = NewDisposeScope();
        if (!IsMean)
            return x.select(1, 0).MoveToOuterDisposeScope();
        var tokens = padding.logical_not().to(ScalarType.Float32).unsqueeze(2);
        return x.mul(tokens).sum(1).div(tokens.sum(1)).MoveToOuterDisposeScope();
    }
}
