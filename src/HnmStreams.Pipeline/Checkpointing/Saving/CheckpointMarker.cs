namespace HnmStreams.Pipeline.Checkpointing.Saving;

/// <summary>
/// A marker that the ranking stage sends to each learner behind all rounds sent before it. The receiver adds the state that it
/// has when the marker arrives to the request.
/// </summary>
internal sealed record CheckpointMarker(CheckpointRequest Request);
