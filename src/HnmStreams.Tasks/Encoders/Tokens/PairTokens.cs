namespace HnmStreams.Tasks.Encoders.Tokens;

/// <summary>The tokens of two texts that a network reads together.</summary>
/// <param name="Ids">The ids of both, with the control tokens.</param>
/// <param name="SecondStart">The number of ids before the second text, which have the token type 0. The others have 1.</param>
internal sealed record PairTokens(int[] Ids, int SecondStart);
