using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Tests.Monitoring;

public sealed class DownsampledSeriesTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(600)]
    public void The_series_is_bounded_keeps_the_first_item_and_is_evenly_spaced(int capacity)
    {
        var series = new DownsampledSeries<int>(capacity);
        for (var i = 0; i < 10_000; i++)
        {
            series.Add(i);
            Assert.InRange(series.Items.Count, 1, capacity);
        }

        Assert.Equal(0, series.Items[0]);
        Assert.Single(series.Items.Zip(series.Items.Skip(1), (a, b) => b - a).Distinct());
    }
}
