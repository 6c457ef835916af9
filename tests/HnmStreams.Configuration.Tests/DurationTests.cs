using CsCheck;

namespace HnmStreams.Configuration.Tests;

public class DurationTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("60s", 60)]
    [InlineData("1.5s", 1.5)]
    [InlineData("5m", 300)]
    [InlineData("2h", 7200)]
    [InlineData("1D", 86_400)]
    [InlineData("00:01:30", 90)]
    [InlineData("1.00:00:00", 86_400)]
    public void Is_read(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 parsecs")]
    [InlineData("1e30d")]
    [InlineData("999999999999d")]
    public void Is_refused(string? text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void What_is_written_is_read_back() => Gen.Long[0, TimeSpan.TicksPerDay * 4000].Select(TimeSpan.FromTicks).Sample(duration =>
        Duration.TryParse(Duration.Format(duration), out var read) && read == duration);
}
