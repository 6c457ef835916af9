using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks;

/// <summary>
/// A network that can show where it places an example before it decides: what its last layer looks at. Near in it is
/// alike in the model's own eyes.
/// </summary>
public interface IEmbeddingNetwork
{
    /// <summary>Floats an example.</summary>
    int EmbeddingWidth { get; }

    /// <param name="input">As <c>forward</c> takes it.</param>
    /// <returns>[n, <see cref="EmbeddingWidth"/>]; the caller's to dispose.</returns>
    Tensor Embed(Tensor input);
}
