using HnmStreams.Torch.Learning.Optimizers;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Passes;

/// <summary>The forward and backward pass of one part of a batch. Its tensors belong to the dispose scope in which it was created.</summary>
internal abstract class PartPass
{
    /// <summary>The outputs of the rows.</summary>
    public abstract Tensor Outputs { get; }

    /// <summary>Adds the gradients of the parameters to a sum. Called once, in the dispose scope of the creation.</summary>
    /// <param name="outputGradient">The gradient of the loss with respect to <see cref="Outputs"/>.</param>
    public abstract void Backward(Tensor outputGradient, GradientSum sum);
}

/// <summary>A pass that keeps all activations.</summary>
/// <param name="trained">The indices of the parameters that are trained.</param>
internal sealed class GraphPass(nn.Module<Tensor, Tensor> network, Tensor input, int[] trained) : PartPass
{
    public override Tensor Outputs { get; } = network.forward(input);

    public override void Backward(Tensor outputGradient, GradientSum sum) => sum.Add(Outputs, outputGradient, trained);
}
