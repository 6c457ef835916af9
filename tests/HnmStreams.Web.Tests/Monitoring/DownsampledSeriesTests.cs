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

    [Fact]
    public void A_restored_series_continues_at_its_sampling_rate()
    {
        var series = new DownsampledSeries<int>(10);
        var added = 0;
        for (; added < 96; added++)
            series.Add(added);
        var restored = new DownsampledSeries<int>(10);
        restored.Restore(series.Items, series.Stride);
        for (; added < 1_000; added++)
            restored.Add(added);
        Assert.Equal(0, restored.Items[0]);
        Assert.Single(restored.Items.Zip(restored.Items.Skip(1), (a, b) => b - a).Distinct());

        var smaller = new DownsampledSeries<int>(4);
        smaller.Restore(series.Items, series.Stride);
        Assert.InRange(smaller.Items.Count, 2, 3);
    }
}
