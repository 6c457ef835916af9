using HnmStreams.Pipeline;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Monitoring;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Web.Tests.Monitoring;

public sealed class RunHistoryTests
{
    [Fact]
    public void Each_sample_is_a_point_and_each_checkpoint_is_stored_once()
    {
        var time = new FakeTimeProvider();
        PipelineStatus status = RunStates.Status;
        using var history = new RunHistory(RunStates.View(time, status), time, NullLogger<RunHistory>.Instance);
        history.Record();
        time.Advance(TimeSpan.FromSeconds(1));
        history.Record();
        Assert.Equal([0.0, 1.0], history.Points.Select(p => p.Seconds));
        var point = history.Points[1];
        Assert.Equal((0.75, 0.5, null, 10L), (point.HeldOut, point.Prequential, point.Loss, point.Lag));
        Assert.Equal(["2.5"], history.Checkpoints.Select(c => c.Id));
    }
}
