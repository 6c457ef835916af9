namespace HnmStreams.Host.Mine;

/// <summary>The options of <c>hnm mine</c> that are not settings. Paths are absolute.</summary>
/// <param name="Topic">The topic to send the rows to, or null.</param>
/// <param name="From">The start position in <c>kafka.topic</c>; null mines a data set.</param>
/// <param name="To">The end position in <c>kafka.topic</c>; null is the current end.</param>
internal sealed record MineRequest(string? Output, NegativeFormat Format, string? Topic, string? From, string? To, string? Summary);
