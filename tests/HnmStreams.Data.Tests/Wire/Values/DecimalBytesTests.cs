using System.Globalization;
using System.Numerics;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Tests.Wire.Values;

public sealed class DecimalBytesTests
{
    [Theory]
    [InlineData("12.34", 2)]
    [InlineData("-0.01", 2)]
    [InlineData("0", 0)]
    [InlineData("79228162514264337593543950335", 0)]
    [InlineData("-1234567890.123456789", 9)]
    public void Converts_to_the_nearest_double(string text, int scale)
    {
        var value = decimal.Parse(text, CultureInfo.InvariantCulture);
        var unscaled = new BigInteger(value * (decimal)Math.Pow(10, scale)).ToByteArray(isBigEndian: true);
        Assert.True(DecimalBytes.TryConvert(unscaled, scale, out var number));
        Assert.Equal((double)value, number, 1e-12 * Math.Abs((double)value));
    }

    [Fact]
    public void A_negative_scale_multiplies()
    {
        Assert.True(DecimalBytes.TryConvert([5], -3, out var number));
        Assert.Equal(5000, number);
    }

    [Fact]
    public void Rejects_empty_and_long_values()
    {
        Assert.False(DecimalBytes.TryConvert([], 2, out _));
        Assert.False(DecimalBytes.TryConvert(new byte[65], 2, out _));
        Assert.False(DecimalBytes.TryConvert([1], 301, out _));
    }
}
