using HnmStreams.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.EmbeddingBags;

/// <summary>
/// Running document frequencies: the number of trained examples in which each bucket occurred, and the weights that
/// follow from it. A feature's weight is its own times its inverse document frequency (Spärck Jones 1972; smoothed: 1
/// + ln((1 + n) / (1 + df))), scaled to unit length per example. A feature that did not occur in training has the
/// weight 0. The counts are buffers, so they are part of every snapshot and checkpoint.
/// </summary>
public sealed class DocumentFrequencies : nn.Module<HashedFeatures, Tensor>
{
    /// <summary>The number of examples at which all counts are halved, so that words that became frequent recently do not stay rare.</summary>
    internal const float MaxExamples = 1 << 20;

    private static readonly Scalar MinSquaredLength = Constants.Of(1e-12);

    private readonly Tensor _counts;
    private readonly Tensor _examples;

    static DocumentFrequencies() => TorchLibrary.EnsureLoaded();

    public DocumentFrequencies(int buckets)
        : base(nameof(DocumentFrequencies))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 1);
        (_counts, _examples) = (zeros(buckets), zeros(1));
        register_buffer("counts", _counts);
        register_buffer("examples", _examples);
    }

    /// <summary>
    /// Returns the weight of each feature. In training mode, counts the features first. A bucket must not occur twice
    /// in an example. O(features).
    /// </summary>
    /// <returns>float32, one weight per feature; no gradient flows through it.</returns>
    public override Tensor forward(HashedFeatures input)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var (buckets, offsets, weights) = input;
        if (training)
            Count(buckets, offsets.shape[0]);
        var counts = _counts.index_select(0, buckets);
        var weighted = _examples.add(Constants.One, Constants.One).div(counts.add(Constants.One, Constants.One)).log_().add_(Constants.One, Constants.One).mul_(weights).mul_(counts.gt(Constants.Zero));
        var rows = Rows(offsets, weights.shape[0]);
        var squares = zeros(offsets.shape[0], device: weights.device).index_add_(0, rows, weighted.pow(Constants.Two), Constants.One);
        return weighted.mul_(squares.clamp_min_(MinSquaredLength).rsqrt_().index_select(0, rows)).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _counts.Dispose();
            _examples.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Count(Tensor buckets, long examples)
    {
        _counts.index_add_(0, buckets, ones(buckets.shape[0], device: _counts.device), Constants.One);
        using var added = Constants.Once(examples);
        if (_examples.add_(added, Constants.One).item<float>() < MaxExamples)
            return;
        _counts.mul_(Constants.Half);
        _examples.mul_(Constants.Half);
    }

    // The row of each feature, computed from the rows' first indices.
    private static Tensor Rows(Tensor offsets, long features)
    {
        var begins = zeros(features + 1, ScalarType.Int64, offsets.device).index_add_(0, offsets, ones_like(offsets), Constants.One);
        return begins.cumsum(0).narrow(0, 0, features).sub_(Constants.One);
    }
}
