using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Ranking.Requests;

namespace HnmStreams.Pipeline.Tests.Ranking.Requests;

public sealed class RequestRateTests
{
    private readonly SetClock _clock = new();

    [Fact]
    public void Requests_are_evenly_spread()
    {
        var rate = new RequestRate(60, _clock);
        Assert.Equal(0, Due(rate));
        for (var minute = 0; minute < 10; minute++)
        {
            _clock.Now += TimeSpan.FromSeconds(30);
            Assert.Equal(0, Due(rate));
            _clock.Now += TimeSpan.FromSeconds(31);
            Assert.Equal(1, Due(rate));
        }
    }

    [Fact]
    public void A_pause_leaves_over_one_hour_at_most()
    {
        var rate = new RequestRate(60, _clock);
        Assert.Equal(0, Due(rate));
        _clock.Now += TimeSpan.FromDays(3);
        Assert.Equal(60, Due(rate));
        // A clock that was set back gives nothing.
        _clock.Now -= TimeSpan.FromHours(5);
        Assert.Equal(0, Due(rate));
        _clock.Now += TimeSpan.FromMinutes(2);
        Assert.Equal(2, Due(rate));
    }

    [Fact]
    public void A_rate_below_one_per_hour_makes_one_request_after_its_time()
    {
        var rate = new RequestRate(0.5, _clock);
        Assert.Equal(0, Due(rate));
        _clock.Now += TimeSpan.FromHours(1.9);
        Assert.Equal(0, Due(rate));
        _clock.Now += TimeSpan.FromHours(0.2);
        Assert.Equal(1, Due(rate));
    }

    [Fact]
    public void A_restart_continues_the_hour()
    {
        var rate = new RequestRate(60, _clock);
        rate.IsDue();
        _clock.Now += TimeSpan.FromMinutes(10.5);
        Assert.True(rate.IsDue());
        rate.Take();
        var writer = new StateWriter();
        rate.Save(writer);
        var restored = new RequestRate(60, _clock);
        restored.Restore(new StateReader(writer.Written));
        Assert.Equal(9, Due(restored));
        _clock.Now += TimeSpan.FromMinutes(0.6);
        Assert.Equal(1, Due(restored));
    }

    private static int Due(RequestRate rate)
    {
        var due = 0;
        for (; due < 1_000 && rate.IsDue(); due++)
            rate.Take();
        return due;
    }
}
