using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks.EmbeddingBags;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Tables;

/// <summary>
/// A wide and deep network on hashed features (Cheng et al., arXiv 1606.07792), whose two outputs are added. Deep: an
/// embedding bag, linear, ReLU, linear. Wide: a linear model on the features, which learns the effect of a single
/// word at once. Both weight the features by their rarity (<see cref="DocumentFrequencies"/>).
/// </summary>
public sealed class WideAndDeep : nn.Module<Tensor, Tensor>, IEmbeddingNetwork
{
    // Adam moves every weight by about the learning rate, but a row of a table moves only if its word occurs, and one of
    // many words in a text has a weight of about a tenth. Both tables are scaled up, so that a learning rate that suits
    // the layers suits the tables.
    private static readonly Scalar EmbeddingScale = Constants.Of(3.0);
    private static readonly Scalar WideScale = Constants.Of(30.0);
    private const double EmbeddingDeviation = 0.03;

    private readonly DocumentFrequencies _frequencies;
    private readonly HashedBag _embedding;
    private readonly Linear _hidden;
    private readonly Linear _output;
    private readonly HashedBag _wide;

    static WideAndDeep() => TorchLibrary.EnsureLoaded();

    /// <param name="buckets">The number of rows of both tables.</param>
    /// <param name="width">The width of the embedding and of the hidden layer.</param>
    /// <param name="outputs">1 for one class against the rest, otherwise the number of classes.</param>
    public WideAndDeep(int buckets, int width, int outputs)
        : base(nameof(WideAndDeep))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        EmbeddingWidth = width;
        _frequencies = new DocumentFrequencies(buckets);
        _embedding = new HashedBag(buckets, width, EmbeddingDeviation);
        _hidden = nn.Linear(width, width);
        _output = nn.Linear(width, outputs);
        _wide = new HashedBag(buckets, outputs, deviation: 0);
        register_module("frequencies", _frequencies);
        register_module("embedding", _embedding);
        register_module("hidden", _hidden);
        register_module("output", _output);
        register_module("wide", _wide);
    }

    /// <summary>The width of the hidden layer.</summary>
    public int EmbeddingWidth { get; }

    /// <param name="input">A batch in the form of <see cref="HashedFeatures"/>, [n, longest, 2].</param>
    /// <returns>Logits, [n, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = HashedFeatures.Of(input);
        features = features with { Weights = _frequencies.forward(features) };
        return _output.forward(Hidden(features)).add_(_wide.forward(features), alpha: WideScale).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Embed(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = HashedFeatures.Of(input);
        return Hidden(features with { Weights = _frequencies.forward(features) }).MoveToOuterDisposeScope();
    }

    private Tensor Hidden(HashedFeatures features) => _hidden.forward(_embedding.forward(features).mul_(EmbeddingScale)).relu_();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _frequencies.Dispose();
            _embedding.Dispose();
            _hidden.Dispose();
            _output.Dispose();
            _wide.Dispose();
        }

        base.Dispose(disposing);
    }
}
