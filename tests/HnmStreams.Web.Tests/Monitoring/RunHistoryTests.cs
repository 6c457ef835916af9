using HnmStreams.Pipeline;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Monitoring;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Web.Tests.Monitoring;

public sealed class RunHistoryTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(600)]
    public void A_thinned_list_stays_bounded_keeps_the_beginning_and_is_evenly_spaced(int capacity)
    {
        var thinned = new DownsampledSeries<int>(capacity);
        for (var i = 0; i < 10_000; i++)
        {
            thinned.Add(i);
            Assert.InRange(thinned.Items.Count, 1, capacity);
        }

        Assert.Equal(0, thinned.Items[0]);
        Assert.Single(thinned.Items.Zip(thinned.Items.Skip(1), (a, b) => b - a).Distinct());
    }

    [Fact]
    public void Each_look_is_a_point_and_each_checkpoint_is_remembered_once()
    {
        var time = new FakeTimeProvider();
        PipelineStatus status = RunStates.Status;
        using var history = new RunHistory(RunStates.View(time, status), time);
        history.Note();
        time.Advance(TimeSpan.FromSeconds(1));
        history.Note();
        Assert.Equal([0.0, 1.0], history.Points.Select(p => p.Seconds));
        var point = history.Points[1];
        Assert.Equal((0.75, 0.5, null, 10L), (point.HeldOut, point.Prequential, point.Loss, point.Lag));
        Assert.Equal(["2.5"], history.Checkpoints.Select(c => c.Id));
    }
}
