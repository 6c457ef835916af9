using HnmStreams.Kafka.Clients;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Kafka.Tests.Clients;

public sealed class RateLimitedErrorsTests
{
    [Fact]
    public void Logs_one_line_per_ten_seconds_with_the_number_of_suppressed_errors_and_keeps_the_newest()
    {
        var time = new FakeTimeProvider();
        var lines = new LogLines();
        var errors = new RateLimitedErrors("consumer", time, lines);
        Assert.Null(errors.Last);

        for (var i = 0; i < 5; i++)
            errors.Report("Local_Transport", $"down {i}");
        Assert.Equal("The Kafka client consumer reports Local_Transport: down 0 (0 more errors since the last message).", Assert.Single(lines.Lines));
        Assert.Equal(new ClientError(time.GetUtcNow(), "Local_Transport", "down 4"), errors.Last);

        time.Advance(TimeSpan.FromSeconds(10));
        errors.Report("Local_Resolve", "no such host");
        Assert.Equal("The Kafka client consumer reports Local_Resolve: no such host (4 more errors since the last message).", lines.Lines.ElementAt(1));
    }
}
