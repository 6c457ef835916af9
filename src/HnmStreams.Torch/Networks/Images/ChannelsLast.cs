using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Images;

/// <summary>
/// Channels-last memory order: the channels of a pixel are adjacent. Convolutions on the CPU score 2.4 times and
/// train 1.6 times as fast in it. TorchSharp has no argument for it, but strides select it.
/// </summary>
public static class ChannelsLast
{
    /// <summary>Returns a detached copy of a [n, c, h, w] tensor with channels-last strides.</summary>
    public static Tensor Copy(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var guard = no_grad();
        var (channels, height, width) = (tensor.shape[1], tensor.shape[2], tensor.shape[3]);
        // The strides are explicit: if a dimension has size 1, contiguous() and clone() would fall back to the default
        // order.
        return empty_strided(tensor.shape, [channels * height * width, 1, channels * width, channels], tensor.dtype, tensor.device).copy_(tensor);
    }

    /// <summary>
    /// Replaces the convolution's weights by channels-last ones. Must be called before an optimizer is created,
    /// because the parameter is a new one.
    /// </summary>
    public static Conv2d Apply(Conv2d convolution)
    {
        ArgumentNullException.ThrowIfNull(convolution);
        using var old = convolution.weight;
        convolution.weight = new Parameter(Copy(old!));
        return convolution;
    }

    /// <summary>Returns a view of a contiguous [n, height, width, channels] tensor as [n, channels, height, width]; copies nothing.</summary>
    public static Tensor View(Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        return pixels.permute(0, 3, 1, 2);
    }
}
