using HnmStreams.Pipeline.Scoring;

namespace HnmStreams.Pipeline.Serving;

/// <summary>A snapshot of a serving process. Immutable.</summary>
/// <param name="Models">The folder of models and the served version.</param>
/// <param name="Records">The records of the stream.</param>
/// <param name="PredictingSeconds">Compute seconds of predictions, of the stream and of requests, summed over the scorers.</param>
/// <param name="Latency">The time from arrival to prediction of the records of the stream; null before the first prediction.</param>
public sealed record ServingStatus(ServedFolderStatus Models, ServeCounts Records, double PredictingSeconds, LatencyStatus? Latency);
