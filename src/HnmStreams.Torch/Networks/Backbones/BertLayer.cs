using HnmStreams.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>A layer of BERT (Devlin et al., arXiv 1810.04805): self-attention and a feed-forward part, each with a residual connection and layer normalization after it.</summary>
/// <remarks>Without dropout: torch's generator, from which it would draw, is shared by all learners of the process.</remarks>
internal sealed class BertLayer : nn.Module
{
    private readonly Linear _query, _key, _value, _attended, _intermediate, _output;
    private readonly LayerNorm _attendedNorm, _outputNorm;
    private readonly NamedParts _attention, _feed, _end;
    private readonly int _heads;
    private readonly ProductPrecision _precision;

    public BertLayer(BertShape shape, ProductPrecision precision)
        : base(nameof(BertLayer))
    {
        (_heads, _precision) = (shape.Heads, precision);
        (_query, _key, _value, _attended) = (Square(), Square(), Square(), Square());
        (_intermediate, _output) = (nn.Linear(shape.Width, shape.Intermediate), nn.Linear(shape.Intermediate, shape.Width));
        (_attendedNorm, _outputNorm) = (nn.LayerNorm(shape.Width, shape.Epsilon), nn.LayerNorm(shape.Width, shape.Epsilon));
        _attention = new NamedParts(
            ("self", new NamedParts(("query", _query), ("key", _key), ("value", _value))),
            ("output", new NamedParts(("dense", _attended), ("LayerNorm", _attendedNorm))));
        _feed = new NamedParts(("dense", _intermediate));
        _end = new NamedParts(("dense", _output), ("LayerNorm", _outputNorm));
        register_module("attention", _attention);
        register_module("intermediate", _feed);
        register_module("output", _end);

        Linear Square() => nn.Linear(shape.Width, shape.Width);
    }

    /// <param name="tokens">[n, length, width].</param>
    /// <param name="bias">[n, 1, 1, length]: 0 for tokens, and a large negative number for padding.</param>
    /// <returns>[n, length, width].</returns>
    public Tensor Forward(Tensor tokens, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var mixed = _precision.Linear(_attended, Attend(_precision.Lower(tokens), bias));
        var attended = _attendedNorm.forward(_precision.Raise(mixed).add(tokens, Constants.One));
        var fed = _precision.Linear(_output, F.gelu(_precision.Linear(_intermediate, _precision.Lower(attended))));
        return _outputNorm.forward(_precision.Raise(fed).add(attended, Constants.One)).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _attention.Dispose();
            _feed.Dispose();
            _end.Dispose();
        }

        base.Dispose(disposing);
    }

    // Products by bmm: matmul would end the process at a wrong shape.
    private Tensor Attend(Tensor tokens, Tensor bias)
    {
        var (n, length, width) = (tokens.shape[0], tokens.shape[1], tokens.shape[2]);
        var size = width / _heads;
        var query = Heads(_query).permute(0, 2, 1, 3).reshape(n * _heads, length, size);
        var key = Heads(_key).permute(0, 2, 3, 1).reshape(n * _heads, size, length);
        var value = Heads(_value).permute(0, 2, 1, 3).reshape(n * _heads, length, size);
        var scores = _precision.Raise(query.bmm(key)).mul(Constants.Of(1 / Math.Sqrt(size))).view(n, _heads, length, length).add(bias, Constants.One);
        var mixed = _precision.Lower(scores.softmax(-1)).view(n * _heads, length, length).bmm(value);
        return mixed.view(n, _heads, length, size).permute(0, 2, 1, 3).reshape(n, length, width);

        Tensor Heads(Linear projection) => _precision.Linear(projection, tokens).view(n, length, _heads, size);
    }
}
