namespace HnmStreams.Benchmarks.Throughput;

/// <summary>The arguments of the benchmarks that run the pipeline in alternating rounds.</summary>
/// <param name="Bootstrap">A broker whose topic is filled before the measurement; null is the embedded cluster, with its producer included.</param>
/// <param name="Examples">Examples per round; null is the model's default.</param>
/// <param name="RowsPerRecord">Examples per record, as Arrow batches; null is one example per record, as protobuf.</param>
internal sealed record BenchmarkSettings(string? Bootstrap, int? Examples, int Rounds, ulong Seed, int? RowsPerRecord = null);
