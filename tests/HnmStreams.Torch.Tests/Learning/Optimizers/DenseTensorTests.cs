using HnmStreams.Torch.Learning.Optimizers;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning.Optimizers;

public sealed class DenseTensorTests
{
    public DenseTensorTests() => TorchLibrary.EnsureLoaded();

    [Fact]
    public void Values_are_the_memory_of_a_tensor_in_any_dimension_order()
    {
        using var scope = NewDisposeScope();
        var pixels = arange(24, float32).view(2, 2, 2, 3);
        var dense = DenseTensor.Of(pixels.permute(0, 3, 1, 2));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), dense.Values.ToArray());
        dense.Values[5] = 50;
        Assert.Equal(50f, pixels[0, 0, 1, 2].item<float>());
    }

    [Fact]
    public void A_slice_starts_at_its_own_first_element()
    {
        using var scope = NewDisposeScope();
        var dense = DenseTensor.Of(arange(10, float32).narrow(0, 4, 3));
        Assert.Equal([4f, 5f, 6f], dense.Values.ToArray());
    }

    [Fact]
    public void A_different_order_is_copied()
    {
        using var scope = NewDisposeScope();
        var like = zeros(2, 2, 2, 3).permute(0, 3, 1, 2);
        var plain = arange(24, float32).view(2, 3, 2, 2);
        var dense = DenseTensor.InOrderOf(plain, like);
        Assert.Equal(like.stride(), dense.Tensor.stride());
        Assert.True(dense.Tensor.equal(plain).all().item<bool>());
    }

    [Fact]
    public void The_same_order_is_not_copied()
    {
        using var scope = NewDisposeScope();
        // A dimension of size 1 may have any stride without changing the order.
        var gradient = zeros(4, 1, 3, 3);
        var dense = DenseTensor.InOrderOf(gradient, zeros(4, 3, 3, 1).permute(0, 3, 1, 2));
        dense.Values[0] = 7;
        Assert.Equal(7f, gradient[0, 0, 0, 0].item<float>());
    }
}
