namespace HnmStreams.Configuration;

/// <summary>A setting that a layer has set.</summary>
/// <param name="Path">The dotted key.</param>
/// <param name="Value">The text as written. It may be a secret.</param>
/// <param name="Origin">The layer that won.</param>
public sealed record GivenSetting(string Path, string? Value, string Origin);
