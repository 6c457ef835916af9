using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>
/// The precision of the matrix products and convolutions of a backbone: float32, or bfloat16 from weights that stay in float32 (mixed precision: Micikevicius et
/// al., arXiv 1710.03740; bfloat16: Kalamkar et al., arXiv 1905.12322). As in PyTorch's autocast, normalization of texts, softmax and residual sums of texts stay
/// in float32. Gradients of weights are float32, of which each product's are rounded to bfloat16 once.
/// </summary>
internal sealed class ProductPrecision
{
    private readonly bool _isReduced;

    private ProductPrecision(bool isReduced) => _isReduced = isReduced;

    public static ProductPrecision Float32 { get; } = new(false);

    public static ProductPrecision BFloat16 { get; } = new(true);

    /// <summary>Returns a tensor in the precision of products.</summary>
    public Tensor Lower(Tensor tensor) => _isReduced ? tensor.to(ScalarType.BFloat16) : tensor;

    /// <summary>Returns the result of a product in float32.</summary>
    public Tensor Raise(Tensor tensor) => _isReduced ? tensor.to(ScalarType.Float32) : tensor;

    /// <param name="input">The input in the precision of products.</param>
    /// <returns>The output in the precision of products.</returns>
    public Tensor Linear(Linear layer, Tensor input) => _isReduced
        ? F.linear(input, layer.weight!.to(ScalarType.BFloat16), layer.bias!.to(ScalarType.BFloat16))
        : layer.forward(input);

    /// <param name="layer">A convolution without bias whose padding is half its kernel.</param>
    /// <param name="input">The input in the precision of products.</param>
    /// <returns>The output in the precision of products.</returns>
    public Tensor Convolution(Conv2d layer, Tensor input, int stride)
    {
        if (!_isReduced)
            return layer.forward(input);
        var (height, width) = (layer.weight!.shape[2], layer.weight.shape[3]);
        return F.conv2d(input, layer.weight.to(ScalarType.BFloat16), null, [stride, stride], [height / 2, width / 2]);
    }
}
