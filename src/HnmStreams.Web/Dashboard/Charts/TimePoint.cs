namespace HnmStreams.Web.Dashboard.Charts;

/// <summary>A point of a curve over wall-clock time.</summary>
/// <param name="At">UTC.</param>
internal sealed record TimePoint(DateTime At, double Y);

/// <summary>A marker of an event in a chart.</summary>
/// <param name="At">UTC.</param>
/// <param name="Y">The bottom of the chart.</param>
/// <param name="Text">The event in words.</param>
internal sealed record EventPoint(DateTime At, double Y, string Text);
