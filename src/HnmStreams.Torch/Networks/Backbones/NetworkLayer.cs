using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>A layer of a network: the output of one is the input of the next.</summary>
/// <param name="Parameters">The beginnings of the names of the layer's parameters; empty if it has none.</param>
/// <param name="Forward">Computes the output, which belongs to the caller's dispose scope.</param>
internal sealed record NetworkLayer(IReadOnlyList<string> Parameters, Func<Tensor, Tensor> Forward)
{
    /// <summary>Returns true if a parameter belongs to the layer.</summary>
    public bool Has(string parameter) => Parameters.Any(start => parameter.StartsWith(start, StringComparison.Ordinal));

    /// <summary>Returns the layer under another name.</summary>
    public NetworkLayer Under(string prefix) => new([.. Parameters.Select(start => prefix + start)], Forward);
}
