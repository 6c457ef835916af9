namespace HnmStreams.Host.Bench;

/// <summary>What <c>hnm bench pipeline</c> was asked for.</summary>
/// <param name="Bootstrap">A broker whose topic is filled beforehand; null is the embedded cluster with its producer counted in.</param>
/// <param name="Examples">Examples a round; null is the model's own.</param>
internal sealed record BenchSettings(string? Bootstrap, int? Examples, int Rounds, ulong Seed);
