using HnmStreams.Web.Monitoring;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Web.Tests.Monitoring;

public sealed class ThroughputWindowTests
{
    [Fact]
    public void The_rate_covers_the_window_only()
    {
        var time = new FakeTimeProvider();
        var window = new ThroughputWindow(TimeSpan.FromSeconds(5), time);
        Assert.Equal(0, window.Observe(0));
        long count = 0;
        for (var second = 0; second < 20; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            count += second < 10 ? 1_000 : 100;
            window.Observe(count);
        }

        Assert.Equal(100, window.Observe(count), 1e-6);
    }

    [Fact]
    public void Frequent_samples_do_not_shorten_the_window()
    {
        var time = new FakeTimeProvider();
        var window = new ThroughputWindow(TimeSpan.FromSeconds(5), time);
        window.Observe(0);
        for (var i = 1; i <= 3_000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(1_000, window.Observe(i), 1e-6);
        }
    }
}
