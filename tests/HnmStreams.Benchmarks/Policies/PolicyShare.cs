namespace HnmStreams.Benchmarks.Policies;

/// <summary>The composition of one policy's pool at the end of the stream.</summary>
/// <param name="Easy">The share of easy negatives.</param>
/// <param name="LookAlike">The share of rings with a gap, which are the useful hard negatives.</param>
/// <param name="WrongLabel">The share of closed rings labeled negative, which a model should not train on.</param>
/// <param name="MeanAge">The mean number of model versions since an example was scored.</param>
internal sealed record PolicyShare(string Policy, int Count, double Easy, double LookAlike, double WrongLabel, double MeanAge);
