using HnmStreams.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.EmbeddingBags;

/// <summary>
/// How many of the trained examples each bucket occurred in, kept up as they go by, and the weights that follow: a
/// feature's own times its inverse document frequency (Spärck Jones 1972; smoothed: 1 + ln((1 + n) / (1 + df))), scaled to
/// unit length for each example. What training has not met says nothing and weighs 0. The counts are buffers, so they
/// are part of every snapshot and checkpoint.
/// </summary>
public sealed class DocumentFrequencies : nn.Module<HashedFeatures, Tensor>
{
    /// <summary>Examples after which all counts are halved: words that came up lately are not rare for ever.</summary>
    internal const float Most = 1 << 20;

    private static readonly Scalar Least = Constants.Of(1e-12);

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

    /// <summary>Counts first where the module is in training; a bucket must not come twice in an example. O(features).</summary>
    /// <returns>float32, a weight for each feature; no gradient flows through it.</returns>
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
        return weighted.mul_(squares.clamp_min_(Least).rsqrt_().index_select(0, rows)).MoveToOuterDisposeScope();
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
        using var more = Constants.Once(examples);
        if (_examples.add_(more, Constants.One).item<float>() < Most)
            return;
        _counts.mul_(Constants.Half);
        _examples.mul_(Constants.Half);
    }

    // The row of each feature, from where rows begin.
    private static Tensor Rows(Tensor offsets, long features)
    {
        var begins = zeros(features + 1, ScalarType.Int64, offsets.device).index_add_(0, offsets, ones_like(offsets), Constants.One);
        return begins.cumsum(0).narrow(0, 0, features).sub_(Constants.One);
    }
}
