using HnmStreams.Kafka.Offsets;

namespace HnmStreams.Kafka.Tests.Offsets;

public sealed class StartPositionTests
{
    [Theory]
    [InlineData("earliest")]
    [InlineData(" EARLIEST ")]
    public void Parses_earliest_in_any_case(string text) => Assert.Equal(new StartPosition.Earliest(), Parse(text));

    [Fact]
    public void Parses_latest() => Assert.Equal(new StartPosition.Latest(), Parse("latest"));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Parses_a_number_as_an_offset(string text, long offset) => Assert.Equal(new StartPosition.AtOffset(offset), Parse(text));

    [Theory]
    [InlineData("2026-01-31T08:00:00Z", "2026-01-31T08:00:00+00:00")]
    [InlineData("2026-01-31T08:00:00", "2026-01-31T08:00:00+00:00")]
    [InlineData("2026-01-31T08:00:00+02:00", "2026-01-31T06:00:00+00:00")]
    [InlineData("2026-01-31", "2026-01-31T00:00:00+00:00")]
    public void Parses_a_time_without_a_zone_as_UTC(string text, string expected) =>
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
    public void Rejects_anything_else_and_lists_the_allowed_values(string? text)
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
