using static TorchSharp.torch;

namespace HnmStreams.Torch.Snapshots;

/// <summary>The check of weights that come from a file: a network with a weight that is not finite never learns.</summary>
public static class FiniteWeights
{
    /// <summary>Checks all tensors. O(weights).</summary>
    /// <exception cref="InvalidDataException">A tensor holds NaN or an infinity. The message names it.</exception>
    public static void Check(IReadOnlyDictionary<string, Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        using var guard = no_grad();
        foreach (var (name, tensor) in weights.OrderBy(static w => w.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            if (!tensor.is_floating_point())
                continue;
            var wrong = tensor.NumberOfElements - tensor.isfinite().sum().item<long>();
            if (wrong > 0)
                throw new InvalidDataException($"Tensor '{name}' must have finite weights, but {wrong} of {tensor.NumberOfElements} are NaN or infinite.");
        }
    }
}
