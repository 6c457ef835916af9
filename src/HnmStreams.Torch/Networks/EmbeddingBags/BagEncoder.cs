using HnmStreams.Torch.Native;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Torch.Networks.EmbeddingBags;

/// <summary>
/// A text encoder: the weighted sum of the rows of hashed features, scaled to unit length. Before training it is a
/// random projection, which preserves similarities (Achlioptas 2003).
/// </summary>
public sealed class BagEncoder : nn.Module<Tensor, Tensor>
{
    private readonly HashedBag _table;

    static BagEncoder() => TorchLibrary.EnsureLoaded();

    /// <param name="buckets">The number of rows of the table.</param>
    /// <param name="embedding">The width of an embedding.</param>
    public BagEncoder(int buckets, int embedding)
        : base(nameof(BagEncoder))
    {
        _table = new HashedBag(buckets, embedding, deviation: 1);
        register_module("table", _table);
    }

    /// <param name="input">A batch in the form of <see cref="HashedFeatures"/>, [n, longest, 2].</param>
    /// <returns>[n, embedding], each of length 1.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return F.normalize(_table.forward(input), p: 2, dim: 1).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _table.Dispose();
        base.Dispose(disposing);
    }
}
