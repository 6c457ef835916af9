using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>One counter of <see cref="StreamCounters"/>, for everything that shows or exports all of them.</summary>
/// <param name="Label">The name for people.</param>
/// <param name="Read">Reads the counter.</param>
/// <param name="Metric">
/// The metric that counts the same events in this process; null if an instrument with attributes (outcome, reason) counts them. A metric
/// starts at 0 with the process, while the counter is part of the state and goes back with it to the newest checkpoint.
/// </param>
public sealed record StreamCounter(string Label, Func<StreamCounters, long> Read, CounterMetric? Metric = null);
