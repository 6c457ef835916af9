using HnmStreams.Torch.Native;
using TorchSharp;

namespace HnmStreams.Torch.Tests.Native;

public sealed class ConstantsTests
{
    [Fact]
    public void A_number_is_made_once_and_stays()
    {
        Assert.Same(Constants.Of(0.3), Constants.Of(0.3));
        Assert.Same(Constants.One, Constants.Of(1L));
        Assert.Equal(0.3, Constants.Of(0.3).ToDouble());
    }

    [Fact]
    public void Numbers_of_another_kind_or_sign_are_other_numbers()
    {
        Assert.Equal(torch.ScalarType.Int64, Constants.Of(1L).Type);
        Assert.Equal(torch.ScalarType.Float64, Constants.Of(1.0).Type);
        Assert.True(double.IsNegative(Constants.Of(-0.0).ToDouble()));
        Assert.False(double.IsNegative(Constants.Of(0.0).ToDouble()));
    }

    [Fact]
    public void What_is_made_for_one_call_may_be_disposed_and_leaves_the_kept_alone()
    {
        using (var once = Constants.Once(7L))
            Assert.NotSame(once, Constants.Of(7L));
        Assert.Equal(7, Constants.Of(7L).ToInt64());
    }
}
