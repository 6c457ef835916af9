using HnmStreams.Host.Feeding;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Host.Tests.Feeding;

public class RatePacerTests
{
    [Theory]
    [InlineData(2.0)]
    [InlineData(1_000.0)]
    [InlineData(30_000.0)]
    public void Keeps_the_rate_over_a_long_time(double perSecond)
    {
        var time = new FakeTimeProvider();
        var pacer = new RatePacer(perSecond, time);
        var start = time.GetTimestamp();
        var sent = (int)(perSecond * 10);
        for (var i = 0; i < sent; i++)
        {
            var wait = pacer.NextWait();
            if (wait > TimeSpan.Zero)
                time.Advance(wait);
        }

        Assert.Equal(10, time.GetElapsedTime(start).TotalSeconds, 1 / Math.Min(perSecond, 100));
    }

    [Fact]
    public void Does_not_send_a_burst_after_a_slow_receiver()
    {
        var time = new FakeTimeProvider();
        var pacer = new RatePacer(10, time);
        pacer.NextWait();
        time.Advance(TimeSpan.FromMinutes(1));
        var free = 0;
        while (pacer.NextWait() <= TimeSpan.Zero)
            free++;
        Assert.InRange(free, 1, 10);
    }
}
