using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>
/// All pairs of an anchor (a row of the batch) and a partner (another row, or a remembered embedding). This type
/// defines both directions once: for distances smaller is closer, for similarities larger is closer.
/// </summary>
/// <param name="Anchors">[n, width].</param>
/// <param name="Partners">[m, width]: the batch, followed by the memory.</param>
/// <param name="Same">bool, [n, m]: true if the partner shares a group with the anchor and is not the anchor itself.</param>
/// <param name="Other">bool, [n, m]: true if the partner shares no group with the anchor.</param>
/// <remarks>The tensors belong to the caller's dispose scope. O(n m width).</remarks>
internal sealed record EmbeddingPairs(Tensor Anchors, Tensor Partners, Tensor Same, Tensor Other)
{
    // The square root has no finite slope at 0: smaller squares are clamped to this value and have no gradient.
    private const double MinSquaredDistance = 1e-12;

    public long Count => Anchors.shape[0];

    public static EmbeddingPairs Of(Tensor embeddings, Tensor groups, RememberedEmbeddings? memory)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(groups);
        var partners = memory is null ? embeddings : cat([embeddings, memory.Embeddings], 0);
        var partnerGroups = memory is null ? groups : GroupTargets.Concatenated(groups, memory.Groups);
        var sameGroup = GroupTargets.Shared(groups, partnerGroups);
        var itself = eye(embeddings.shape[0], partners.shape[0], ScalarType.Bool, embeddings.device);
        return new EmbeddingPairs(embeddings, partners, sameGroup.logical_and(itself.logical_not()), sameGroup.logical_not());
    }

    /// <summary>Returns the dot products, [n, m]: cosines if the embeddings have unit length.</summary>
    public Tensor Similarities() => Anchors.mm(Partners.t());

    /// <summary>Returns the squared Euclidean distances, [n, m].</summary>
    public Tensor SquaredDistances() =>
        Anchors.pow(Constants.Two).sum(1).unsqueeze(1).add(Partners.pow(Constants.Two).sum(1).unsqueeze(0), Constants.One)
            .sub(Similarities().mul(Constants.Two)).clamp_min(Constants.Of(MinSquaredDistance));

    /// <summary>Returns the Euclidean distances, [n, m].</summary>
    public Tensor Distances() => SquaredDistances().sqrt();
}
