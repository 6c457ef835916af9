namespace HnmStreams.Offline.Storage;

/// <summary>The negatives that were mined for one anchor.</summary>
/// <param name="Anchor">The anchor's number in the store; -1 if the task does not embed, in which case the class itself is the anchor.</param>
/// <param name="Positives">Other examples of the anchor's group; empty if there is no anchor.</param>
/// <param name="Negatives">Hardest first.</param>
public sealed record MinedAnchor(int Anchor, IReadOnlyList<ScoredRow> Positives, IReadOnlyList<ScoredRow> Negatives);

/// <summary>The number of an example in the store and its score relative to an anchor.</summary>
public readonly record struct ScoredRow(int Row, float Score);
