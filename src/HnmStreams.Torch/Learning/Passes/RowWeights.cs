using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Passes;

/// <summary>The weights of the rows of a batch in the mean of its losses. Pure.</summary>
internal static class RowWeights
{
    /// <summary>Returns the share of each row, the sum of which is 1.</summary>
    public static float[] Shares(ReadOnlySpan<float> weights)
    {
        var total = 0.0;
        foreach (var weight in weights)
            total += weight;
        var shares = new float[weights.Length];
        for (var i = 0; i < shares.Length; i++)
            shares[i] = (float)(weights[i] / total);
        return shares;
    }

    /// <summary>Returns the weighted mean of losses in host memory.</summary>
    public static float Mean(ReadOnlySpan<float> weights, ReadOnlySpan<float> losses)
    {
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < weights.Length; i++)
        {
            sum += (double)weights[i] * losses[i];
            total += weights[i];
        }

        return (float)(sum / total);
    }

    /// <summary>Returns the weighted mean of losses as a tensor, differentiable in the losses.</summary>
    public static Tensor Mean(ReadOnlySpan<float> weights, Tensor losses)
    {
        if (weights.IndexOfAnyExcept(weights[0]) < 0)
            return losses.mean();
        return losses.mul(tensor(Shares(weights)).to(losses.device)).sum();
    }
}
