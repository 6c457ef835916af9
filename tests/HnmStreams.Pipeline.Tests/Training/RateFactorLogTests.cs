using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Pipeline.Training;

namespace HnmStreams.Pipeline.Tests.Training;

public sealed class RateFactorLogTests
{
    [Fact]
    public void Logs_once_that_the_rate_is_lowered_and_once_that_it_is_full_again()
    {
        using var logs = new LogLines();
        var log = new RateFactorLog(logs.CreateLogger("trainer"));
        foreach (var factor in (double[])[1, 0.9, 0.5, 0.3, 0.7, 0.4, 0.9, 1, 1])
            log.Note(step: 7, factor);
        Assert.Collection(
            logs.All,
            line => Assert.Contains("a factor of 0.5", line, StringComparison.Ordinal),
            line => Assert.Contains("full again", line, StringComparison.Ordinal));
    }
}
