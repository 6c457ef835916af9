namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>The way in which a backbone is computed. Its weights do not depend on it.</summary>
/// <param name="UsesBFloat16">True for products in bfloat16, with weights, gradients and optimizer in float32.</param>
/// <param name="RecomputesActivations">
/// True if a training step keeps the inputs of the layers only and computes the rest again in its backward pass, layer by layer (Chen et al., arXiv 1604.06174): less
/// memory for the time of one more forward pass.
/// </param>
public sealed record BackboneComputing(bool UsesBFloat16 = false, bool RecomputesActivations = false)
{
    internal ProductPrecision Precision => UsesBFloat16 ? ProductPrecision.BFloat16 : ProductPrecision.Float32;
}
