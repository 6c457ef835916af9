using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks;

/// <summary>A network that exposes the input of its last layer, or a summary of it, as an embedding. Examples with close embeddings are similar to the model.</summary>
public interface IEmbeddingNetwork
{
    /// <summary>The number of floats per example; 0 for a network that has no embedding with its settings.</summary>
    int EmbeddingWidth { get; }

    /// <param name="input">The input of <c>forward</c>.</param>
    /// <returns>[n, <see cref="EmbeddingWidth"/>]; the caller disposes it.</returns>
    Tensor Embed(Tensor input);
}
