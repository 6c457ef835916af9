namespace HnmStreams.Host.Bench.Policies;

/// <summary>What one policy kept in the end, in shares of it.</summary>
/// <param name="LookAlike">Rings with a gap: the hard negatives that are worth their place.</param>
/// <param name="WrongLabel">Closed rings whose label says otherwise: what no model should learn from.</param>
/// <param name="MeanAge">Model versions since they were scored.</param>
internal sealed record PolicyShare(string Policy, int Count, double Easy, double LookAlike, double WrongLabel, double MeanAge);
