namespace HnmStreams.Tasks;

/// <summary>A named feature of a row, for display.</summary>
/// <param name="Value">The value as text.</param>
public readonly record struct RowFeature(string Name, string Value);
