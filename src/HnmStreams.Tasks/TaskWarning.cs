namespace HnmStreams.Tasks;

/// <summary>A problem in the examples that is not an error.</summary>
/// <param name="Key">Identifies the problem, so that it is logged once although its text may change.</param>
/// <param name="Text">The problem as it is now, with the remedy.</param>
public sealed record TaskWarning(string Key, string Text);
