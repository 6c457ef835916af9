using HnmStreams.Torch.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.EmbeddingBags;

/// <summary>
/// A table with one row per bucket. It returns per example the weighted sum of the rows of its features (feature
/// hashing, Weinberger et al., arXiv 0902.2206). Its gradient is sparse: it holds the touched rows only, and the
/// learner updates no others.
/// </summary>
public sealed class HashedBag : nn.Module<Tensor, Tensor>
{
    private readonly EmbeddingBag _table;

    static HashedBag() => TorchLibrary.EnsureLoaded();

    /// <param name="buckets">The number of rows of the table, below 2^24.</param>
    /// <param name="width">The number of floats per row.</param>
    /// <param name="deviation">The standard deviation of the initial values, normal around 0; 0 starts with zeros.</param>
    public HashedBag(int buckets, int width, double deviation)
        : base(nameof(HashedBag))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(buckets, 1 << 24);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(deviation);
        _table = nn.EmbeddingBag(buckets, width, mode: EmbeddingBagMode.Sum, sparse: true);
        using (no_grad())
            _table.weight!.mul_(Constants.Of(deviation));
        register_module("table", _table);
    }

    /// <param name="input">A batch in the form of <see cref="HashedFeatures"/>, [n, longest, 2].</param>
    /// <returns>[n, width].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return forward(HashedFeatures.Of(input)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="forward(Tensor)"/>
    public Tensor forward(HashedFeatures features) => _table.forward(features.Buckets, features.Offsets, features.Weights);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _table.Dispose();
        base.Dispose(disposing);
    }
}
