namespace HnmStreams.Pipeline.Telemetry;

/// <summary>The metric of a counter.</summary>
/// <param name="Unit">The unit in UCUM.</param>
public sealed record CounterMetric(string Name, string Unit, string Description);
