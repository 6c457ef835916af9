using HnmStreams.Web.Events;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Dashboard.Charts;

/// <summary>The part of the history that the charts show, and its events.</summary>
/// <param name="Points">Oldest first.</param>
/// <param name="Events">The events with a marker, oldest first.</param>
internal sealed record ChartWindow(IReadOnlyList<RunPoint> Points, IReadOnlyList<RunEvent> Events)
{
    /// <summary>The length of the recent part.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    // The last starts of a learner. Earlier parts are drawn as one.
    private const int MaxParts = 6;

    // More markers would overlap.
    private const int MaxMarkers = 20;

    /// <summary>Selects the whole history or its recent part. Pure.</summary>
    /// <param name="events">Newest first.</param>
    public static ChartWindow Of(IReadOnlyList<RunPoint> history, IReadOnlyList<RunEvent> events, bool whole)
    {
        if (history.Count == 0)
            return new ChartWindow([], []);
        var from = whole ? history[0].At : history[^1].At - Recent;
        return new ChartWindow(
            [.. history.Where(p => p.At >= from)],
            [.. events.Where(e => e.At >= from && e.At <= history[^1].At && IsMarked(e.Kind)).Take(MaxMarkers).Reverse()]);
    }

    /// <summary>Splits a curve where a learner started, so that no line is drawn over the time in between. Parts of one point are left out.</summary>
    /// <param name="curve">Oldest first.</param>
    public IReadOnlyList<IReadOnlyList<TimePoint>> Parts(IReadOnlyList<TimePoint> curve)
    {
        var starts = Points.Zip(Points.Skip(1)).Where(p => p.Second.Seconds < p.First.Seconds).Select(p => p.Second.At.UtcDateTime).TakeLast(MaxParts - 1).ToList();
        return [.. curve.GroupBy(p => starts.Count(start => start <= p.At)).Select(g => g.ToList()).Where(part => part.Count > 1)];
    }

    /// <summary>Returns the markers at the bottom of a chart.</summary>
    public List<EventPoint> Markers(double bottom) => [.. Events.Select(e => new EventPoint(e.At.UtcDateTime, bottom, e.Text))];

    // Decisions about labels and changed settings belong to no moment of the curves.
    private static bool IsMarked(RunEventKind kind) => kind is not (RunEventKind.Label or RunEventKind.LabelAnswer or RunEventKind.Setting);
}
