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
    public void Parses_numbers_with_a_unit_and_time_spans(string text, double seconds)
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
    public void Rejects_other_text(string? text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void A_formatted_duration_parses_to_the_same_value() => Gen.Long[0, TimeSpan.TicksPerDay * 4000].Select(TimeSpan.FromTicks).Sample(duration =>
        Duration.TryParse(Duration.Format(duration), out var read) && read == duration);
}
