namespace HnmStreams.Host.Mine;

/// <summary>What <c>hnm mine</c> is asked for beside the settings; paths are whole.</summary>
/// <param name="Topic">Where rows go to, or null.</param>
/// <param name="From">Where in <c>kafka.topic</c> what is mined begins; null for a data set.</param>
internal sealed record MineRequest(string? Output, NegativeFormat Form, string? Topic, string? From, string? To, string? Summary);
