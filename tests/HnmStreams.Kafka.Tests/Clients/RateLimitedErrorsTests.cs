using HnmStreams.Kafka.Clients;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Kafka.Tests.Clients;

public sealed class RateLimitedErrorsTests
{
    [Fact]
    public void One_line_in_ten_seconds_says_how_many_it_left_out_and_the_last_error_is_always_the_newest()
    {
        var time = new FakeTimeProvider();
        var lines = new LogLines();
        var errors = new RateLimitedErrors("consumer", time, lines);
        Assert.Null(errors.Last);

        for (var i = 0; i < 5; i++)
            errors.Report("Local_Transport", $"down {i}");
        Assert.Equal("consumer: Local_Transport: down 0 (0 more since the last line)", Assert.Single(lines.Written));
        Assert.Equal(new ClientError(time.GetUtcNow(), "Local_Transport", "down 4"), errors.Last);

        time.Advance(TimeSpan.FromSeconds(10));
        errors.Report("Local_Resolve", "no such host");
        Assert.Equal("consumer: Local_Resolve: no such host (4 more since the last line)", lines.Written.ElementAt(1));
    }
}
