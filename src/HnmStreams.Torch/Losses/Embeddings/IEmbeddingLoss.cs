using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>
/// A loss over pairs or triplets of a batch of embeddings, given to their anchors. Every row is an anchor; one without a
/// partner of its group, or without one of another, gives 0. Implementations hold no state that changes and are thread-safe.
/// </summary>
public interface IEmbeddingLoss
{
    /// <summary>Loss of each anchor, [n]; scaled so that the mean over the rows is the mean over what the loss counts. Differentiable in the embeddings.</summary>
    /// <param name="embeddings">[n, width]; of unit length where the loss is by similarity.</param>
    /// <param name="groups">int64, [n], on the same device: rows of one group belong together.</param>
    /// <param name="memory">Partners beside those of the batch, never anchors.</param>
    Tensor PerAnchor(Tensor embeddings, Tensor groups, RememberedEmbeddings? memory = null);

    /// <summary>What of a batch the loss is taken over at most, the memory left out: triplets where it is over triplets, else anchors.</summary>
    long Terms(Tensor groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return groups.shape[0];
    }
}

/// <summary>Embeddings of earlier batches, without gradients: a cross-batch memory (Wang et al., arXiv 1912.06798).</summary>
/// <param name="Embeddings">[m, width].</param>
/// <param name="Groups">int64, [m].</param>
public sealed record RememberedEmbeddings(Tensor Embeddings, Tensor Groups);
