namespace HnmStreams.Host.Discovery;

/// <summary>The result of a search for the processes that learn.</summary>
/// <param name="SeedNodes">Their addresses as <c>host:port</c>; the first one may start the cluster.</param>
/// <param name="Failure">The reason why none was found; null if some were.</param>
internal sealed record DiscoveredLearners(IReadOnlyList<string> SeedNodes, string? Failure);
