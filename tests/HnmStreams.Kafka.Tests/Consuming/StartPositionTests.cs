using HnmStreams.Kafka.Offsets;

namespace HnmStreams.Kafka.Tests.Consuming;

public sealed class StartPositionTests
{
    [Theory]
    [InlineData("earliest")]
    [InlineData(" EARLIEST ")]
    public void Earliest_is_read_in_any_case(string text) => Assert.Equal(new StartPosition.Earliest(), Parse(text));

    [Fact]
    public void Latest_is_read() => Assert.Equal(new StartPosition.Latest(), Parse("latest"));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_number_is_an_offset(string text, long offset) => Assert.Equal(new StartPosition.AtOffset(offset), Parse(text));

    [Theory]
    [InlineData("2026-01-31T08:00:00Z", "2026-01-31T08:00:00+00:00")]
    [InlineData("2026-01-31T08:00:00", "2026-01-31T08:00:00+00:00")]
    [InlineData("2026-01-31T08:00:00+02:00", "2026-01-31T06:00:00+00:00")]
    [InlineData("2026-01-31", "2026-01-31T00:00:00+00:00")]
    public void A_time_without_a_zone_is_utc(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, null), Assert.IsType<StartPosition.AtTime>(Parse(text)).Time);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    [InlineData("newest")]
    [InlineData("5/6")]
    [InlineData("May")]
    [InlineData("2026-13-01")]
    public void Anything_else_is_refused_with_what_is_allowed(string? text)
    {
        Assert.False(StartPosition.TryParse(text, out var position, out var error));
        Assert.Null(position);
        Assert.Contains("earliest, latest, an offset", error, StringComparison.Ordinal);
    }

    private static StartPosition Parse(string text)
    {
        Assert.True(StartPosition.TryParse(text, out var position, out var error), error);
        return position;
    }
}
