using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>
/// A loss over pairs or triplets of a batch of embeddings, attributed to their anchors. Every row is an anchor; an
/// anchor without a partner that shares a group with it, or without one that shares none, has the loss 0. Implementations are
/// immutable and thread-safe.
/// </summary>
public interface IEmbeddingLoss
{
    /// <summary>
    /// Returns the loss of each anchor, [n], scaled so that the mean over the rows is the mean over the terms that
    /// the loss counts. Differentiable in the embeddings.
    /// </summary>
    /// <param name="embeddings">[n, width]; of unit length for losses on similarities.</param>
    /// <param name="groups">The groups of each row, on the same device; see <see cref="GroupTargets"/>.</param>
    /// <param name="memory">Additional partners from earlier batches, never anchors.</param>
    /// <param name="random">The generator of random choices, on the CPU; null uses torch's own. Losses without random choices ignore it.</param>
    Tensor PerAnchor(Tensor embeddings, Tensor groups, RememberedEmbeddings? memory = null, Generator? random = null);

    /// <summary>Returns the largest number of terms of a batch's loss, without the memory: triplets for triplet losses, otherwise anchors.</summary>
    long Terms(Tensor groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return groups.shape[0];
    }
}

/// <summary>Embeddings of earlier batches, without gradients: the content of a cross-batch memory (Wang et al., arXiv 1912.06798).</summary>
/// <param name="Embeddings">[m, width].</param>
/// <param name="Groups">The groups of each; see <see cref="GroupTargets"/>.</param>
public sealed record RememberedEmbeddings(Tensor Embeddings, Tensor Groups);
