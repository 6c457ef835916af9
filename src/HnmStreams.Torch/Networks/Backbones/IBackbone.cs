using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>A network without a head: inputs become features.</summary>
internal interface IBackbone
{
    /// <summary>The number of features.</summary>
    int Width { get; }

    /// <summary>True if the input is the ids of tokens, false if it is images.</summary>
    bool TakesTokens { get; }

    /// <summary>Returns the layers for an input, from the input to the features. Tensors that they share belong to the caller's dispose scope.</summary>
    IReadOnlyList<NetworkLayer> Layers(Tensor input);
}
