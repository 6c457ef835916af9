namespace HnmStreams.Pipeline.Scoring;

/// <summary>
/// The time from arrival to prediction, per unlabeled example: from the moment at which the consumer read the first record of the example's
/// chunk from the client, until the prediction is passed to the producer. It contains <c>consuming.chunkLinger</c> and the linger of the batch.
/// The time from the producer to the acknowledgement of the broker is not part of it.
/// </summary>
/// <param name="Total">Since the start of the process.</param>
/// <param name="Recent">The last one to two minutes; null without a prediction in this time.</param>
public sealed record LatencyStatus(LatencyPercentiles Total, LatencyPercentiles? Recent);

/// <summary>Percentiles of latencies in seconds, with a relative error of at most 1 %.</summary>
/// <param name="Count">The number of examples.</param>
public sealed record LatencyPercentiles(long Count, double P50, double P95, double P99, double Max);
