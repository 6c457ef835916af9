using HnmStreams.Data.Synthetic;
using HnmStreams.Evaluation.Delays;

namespace HnmStreams.Evaluation.Tests.Delays;

public sealed class LabelDelaysTests
{
    /// <summary>The remission times of Freireich et al. (1963) with 6-MP, whose estimate is in many textbooks.</summary>
    [Fact]
    public void Agrees_with_the_published_estimate_of_a_known_sample()
    {
        var delays = new LabelDelays();
        foreach (var weeks in (int[])[6, 6, 6, 7, 10, 13, 16, 22, 23])
            delays.Add(TimeSpan.FromDays(7 * weeks));
        foreach (var weeks in (int[])[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
            delays.AddCensored(TimeSpan.FromDays(7 * weeks));
        (int Weeks, double Survival)[] published = [(5, 1), (6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448), (30, 0.448)];
        foreach (var (weeks, survival) in published)
            Assert.Equal(survival, 1 - delays.Within(TimeSpan.FromDays(7 * weeks)), 3);
        Assert.Equal((9, 12), (delays.Labeled, delays.Censored));
        // The published median is 23 weeks; a range is 2.2 % wide.
        Assert.InRange(delays.Quantile(0.5)!.Value.TotalDays / 7, 23, 23 * 1.022);
        Assert.Null(delays.Quantile(0.9));
    }

    [Fact]
    public void Without_censoring_it_is_the_empirical_distribution()
    {
        var random = SplitMix64.Of(7, 1);
        var (delays, seconds) = (new LabelDelays(), new List<double>());
        for (var i = 0; i < 5_000; i++)
        {
            seconds.Add(-3_600 * Math.Log(1 - random.NextDouble()));
            delays.Add(TimeSpan.FromSeconds(seconds[^1]));
        }

        foreach (var share in (double[])[0.1, 0.5, 0.9, 1])
        {
            var exact = seconds.Order().ElementAt((int)(share * 5_000) - 1);
            Assert.InRange(delays.Quantile(share)!.Value.TotalSeconds, exact, (exact * 1.03) + 1);
        }
    }

    [Fact]
    public void Continues_from_saved_counts()
    {
        var delays = new LabelDelays();
        Assert.True(double.IsNaN(delays.Within(TimeSpan.FromDays(1))));
        delays.Add(TimeSpan.FromSeconds(-5));
        delays.Add(TimeSpan.MaxValue);
        delays.AddCensored(TimeSpan.FromHours(1));
        var other = new LabelDelays();
        other.Restore(delays.Save());
        Assert.Equal(1.0 / 3, other.Within(TimeSpan.Zero), 9);
        Assert.Equal(1, other.Within(TimeSpan.MaxValue), 9);
        Assert.Throws<InvalidDataException>(() => other.Restore([1, 2]));
    }
}
