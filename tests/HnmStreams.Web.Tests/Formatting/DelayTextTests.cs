using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Tests.Formatting;

public sealed class DelayTextTests
{
    [Theory]
    [InlineData(0.5, "0.5 seconds")]
    [InlineData(1, "1 second")]
    [InlineData(45, "45 seconds")]
    [InlineData(60, "1 minute")]
    [InlineData(5_400, "1.5 hours")]
    [InlineData(86_400, "1 day")]
    [InlineData(2_592_000, "30 days")]
    public void A_duration_has_its_largest_fitting_unit(double seconds, string expected) => Assert.Equal(expected, DelayText.Of(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_range_may_have_no_start_or_no_end()
    {
        Assert.Equal("labeled within 1 second", DelayText.Of(TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.Equal("labeled after 1 hour to 6 hours", DelayText.Of(TimeSpan.FromHours(1), TimeSpan.FromHours(6)));
        Assert.Equal("labeled after more than 30 days", DelayText.Of(TimeSpan.FromDays(30), null));
    }
}
