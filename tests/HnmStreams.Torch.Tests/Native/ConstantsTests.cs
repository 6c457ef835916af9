using HnmStreams.Torch.Native;
using TorchSharp;

namespace HnmStreams.Torch.Tests.Native;

public sealed class ConstantsTests
{
    [Fact]
    public void A_number_is_created_once()
    {
        Assert.Same(Constants.Of(0.3), Constants.Of(0.3));
        Assert.Same(Constants.One, Constants.Of(1L));
        Assert.Equal(0.3, Constants.Of(0.3).ToDouble());
    }

    [Fact]
    public void Numbers_of_different_kind_or_sign_are_different_objects()
    {
        Assert.Equal(torch.ScalarType.Int64, Constants.Of(1L).Type);
        Assert.Equal(torch.ScalarType.Float64, Constants.Of(1.0).Type);
        Assert.True(double.IsNegative(Constants.Of(-0.0).ToDouble()));
        Assert.False(double.IsNegative(Constants.Of(0.0).ToDouble()));
    }

    [Fact]
    public void Disposing_a_number_of_one_call_does_not_affect_cached_numbers()
    {
        using (var once = Constants.Once(7L))
            Assert.NotSame(once, Constants.Of(7L));
        Assert.Equal(7, Constants.Of(7L).ToInt64());
    }
}
