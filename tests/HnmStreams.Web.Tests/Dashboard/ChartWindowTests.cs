using HnmStreams.Web.Dashboard.Charts;
using HnmStreams.Web.Events;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Tests.Dashboard;

public sealed class ChartWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_window_has_the_points_and_events_of_its_time()
    {
        RunPoint[] history = [.. Enumerable.Range(0, 11).Select(minute => new RunPoint(60 * minute, 1, 0, 1, null, null, 1, 1, 0, 0) { At = Start.AddMinutes(minute) })];
        RunEvent[] events = [Event(4, 12, RunEventKind.Paused), Event(3, 9, RunEventKind.Label), Event(2, 8, RunEventKind.Promotion), Event(1, 2, RunEventKind.Failed)];
        var whole = ChartWindow.Of(history, events, whole: true);
        Assert.Equal((11, 2), (whole.Points.Count, whole.Events.Count));
        var recent = ChartWindow.Of(history, events, whole: false);
        Assert.Equal(6, recent.Points.Count);
        Assert.Equal([new EventPoint(Start.AddMinutes(8).UtcDateTime, 0.5, "text")], recent.Markers(0.5));
        Assert.Empty(ChartWindow.Of([], events, whole: true).Events);
    }

    [Fact]
    public void A_curve_is_split_where_a_learner_started()
    {
        RunPoint[] history = [.. new[] { 0, 1, 2, 0, 2, 1, 0, 1 }.Select((seconds, minute) => new RunPoint(seconds, 1, 0, 1, null, null, 1, 1, 0, 0) { At = Start.AddMinutes(minute) })];
        var window = ChartWindow.Of(history, [], whole: true);
        var parts = window.Parts([.. history.Select(p => new TimePoint(p.At.UtcDateTime, 1))]);
        Assert.Equal([3, 2, 2], parts.Select(p => p.Count));
        Assert.Equal(Start.AddMinutes(6).UtcDateTime, parts[^1][0].At);
    }

    private static RunEvent Event(long id, int minute, RunEventKind kind) => new(id, Start.AddMinutes(minute), kind, "text", RunEventActor.Learner);
}
