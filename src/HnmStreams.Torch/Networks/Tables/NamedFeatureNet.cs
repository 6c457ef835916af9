using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks.EmbeddingBags;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Tables;

/// <summary>
/// A wide and deep network for rows of named numbers and categories. Each feature is hashed into a bucket, so no list
/// of names is needed. Numbers are standardized (<see cref="RunningScale"/>); a category counts as 1. The deep part
/// is an embedding bag (a first layer of which only the rows of the present features are read), ReLU and a
/// perceptron; the wide part is a linear model on the same features. Their outputs are added.
/// </summary>
public sealed class NamedFeatureNet : nn.Module<Tensor, Tensor>, IEmbeddingNetwork
{
    private readonly Scalar _numbers, _buckets;
    private readonly RunningScale _scale;
    private readonly HashedBag? _first;
    private readonly Parameter? _bias;
    private readonly Mlp? _deep;
    private readonly HashedBag _wide;
    private readonly Parameter _wideBias;

    static NamedFeatureNet() => TorchLibrary.EnsureLoaded();

    /// <param name="buckets">The number of buckets: the lower half [0, buckets / 2) for numbers, the upper half for categories.</param>
    /// <param name="hidden">The widths of the hidden layers; empty makes a linear model.</param>
    public NamedFeatureNet(int buckets, IReadOnlyList<int> hidden, int outputs)
        : base(nameof(NamedFeatureNet))
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        var numbers = buckets / 2;
        (_numbers, _buckets) = (Constants.Of(numbers), Constants.Of(2 * numbers));
        // A number has two rows, one per transformed value.
        var rows = buckets + numbers;
        register_module("scale", _scale = new RunningScale(numbers));
        if (hidden.Count > 0)
        {
            register_module("first", _first = new HashedBag(rows, hidden[0], deviation: 0.1));
            register_parameter("first_bias", _bias = new Parameter(zeros(hidden[0])));
            register_module("deep", _deep = new Mlp(hidden[0], [.. hidden.Skip(1)], outputs));
        }

        register_module("wide", _wide = new HashedBag(rows, outputs, deviation: 0));
        register_parameter("wide_bias", _wideBias = new Parameter(zeros(outputs)));
    }

    /// <param name="input">float32, [n, longest, 2]: bucket and number of each feature (1 for a category); bucket -1 pads shorter rows.</param>
    /// <returns>Logits, [n, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        var features = Scaled(input);
        var outputs = _wide.forward(features).add_(_wideBias, Constants.One);
        if (_first is not null)
            outputs = outputs.add_(_deep!.forward(FirstLayer(features)), Constants.One);
        return outputs.MoveToOuterDisposeScope();
    }

    /// <summary>The width of the last hidden layer; 0 for a linear model, which has no embedding.</summary>
    public int EmbeddingWidth => _deep?.EmbeddingWidth ?? 0;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model is linear.</exception>
    public Tensor Embed(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (_deep is null)
            throw new InvalidOperationException("A linear model has no embedding.");
        using var scope = NewDisposeScope();
        return _deep.Embed(FirstLayer(Scaled(input))).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _scale.Dispose();
            _first?.Dispose();
            _bias?.Dispose();
            _deep?.Dispose();
            _wide.Dispose();
            _wideBias.Dispose();
        }

        base.Dispose(disposing);
    }

    private Tensor FirstLayer(HashedFeatures features) => _first!.forward(features).add_(_bias!, Constants.One).relu_();

    // Each feature occurs twice: the standardized number in its bucket, and its logarithmic value in the row behind all
    // buckets. The second value of a category has the weight 0.
    private HashedFeatures Scaled(Tensor input)
    {
        using var guard = no_grad();
        var isPresent = input.select(2, 0).ge(Constants.Zero);
        var counts = isPresent.sum(1);
        var plain = input.masked_select(isPresent.unsqueeze(2)).view(-1, 2);
        var buckets = plain.select(1, 0).to(ScalarType.Int64);
        var isNumber = buckets.lt(_numbers);
        var numbers = isNumber.nonzero().select(1, 0);
        var weights = stack([ones_like(buckets, ScalarType.Float32), zeros_like(buckets, ScalarType.Float32)], 1);
        weights.index_copy_(0, numbers, _scale.forward(plain.select(1, 1).index_select(0, numbers), buckets.index_select(0, numbers)));
        var second = where(isNumber, buckets.add(_buckets, Constants.One), buckets);
        return new HashedFeatures(stack([buckets, second], 1).view(-1), (counts.cumsum(0) - counts).mul_(Constants.Two), weights.view(-1));
    }
}
