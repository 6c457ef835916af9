namespace HnmStreams.Web.Dashboard.Charts;

/// <summary>A point of a curve.</summary>
internal sealed record ChartPoint(double X, double Y);
