using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>
/// All pairs of an anchor (a row of the batch) and a partner (another row, or one that is remembered). Both ways of being
/// near are here once: for distances smaller is closer, for similarities larger.
/// </summary>
/// <param name="Anchors">[n, width].</param>
/// <param name="Partners">[m, width]: the batch, then the memory.</param>
/// <param name="Same">bool, [n, m]: of the anchor's group, and not itself.</param>
/// <param name="Other">bool, [n, m]: of another group.</param>
/// <remarks>Tensors belong to the caller's dispose scope. O(n m width).</remarks>
internal sealed record EmbeddingPairs(Tensor Anchors, Tensor Partners, Tensor Same, Tensor Other)
{
    // The square root has no slope at 0: nearer than this counts as this near, without a gradient.
    private const double SmallestSquare = 1e-12;

    public long Count => Anchors.shape[0];

    public static EmbeddingPairs Of(Tensor embeddings, Tensor groups, RememberedEmbeddings? memory)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(groups);
        var partners = memory is null ? embeddings : cat([embeddings, memory.Embeddings], 0);
        var partnerGroups = memory is null ? groups : cat([groups, memory.Groups], 0);
        var related = groups.unsqueeze(1).eq(partnerGroups.unsqueeze(0));
        var itself = eye(embeddings.shape[0], partners.shape[0], ScalarType.Bool, embeddings.device);
        return new EmbeddingPairs(embeddings, partners, related.logical_and(itself.logical_not()), related.logical_not());
    }

    /// <summary>Dot products, [n, m]: cosines where embeddings have unit length.</summary>
    public Tensor Similarities() => Anchors.mm(Partners.t());

    /// <summary>Squared Euclidean, [n, m].</summary>
    public Tensor SquaredDistances() =>
        Anchors.pow(Constants.Two).sum(1).unsqueeze(1).add(Partners.pow(Constants.Two).sum(1).unsqueeze(0), Constants.One)
            .sub(Similarities().mul(Constants.Two)).clamp_min(Constants.Of(SmallestSquare));

    /// <summary>Euclidean, [n, m].</summary>
    public Tensor Distances() => SquaredDistances().sqrt();
}
