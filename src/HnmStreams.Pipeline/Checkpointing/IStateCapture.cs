using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>
/// A copy of one owner's state at one moment, which another thread writes into a checkpoint. Each owner has its own
/// implementation, with the method that reads it back beside it.
/// </summary>
/// <remarks>Owned by the checkpoint request that it was added to, which disposes it.</remarks>
internal interface IStateCapture : IDisposable
{
    /// <summary>The name that puts the parts of different owners in order. Unique in a checkpoint.</summary>
    string Name { get; }

    /// <summary>The positions up to which the stream is in the state; null if this owner does not keep them.</summary>
    IReadOnlyList<StreamPosition>? Positions => null;

    /// <summary>The number of examples in the state; null if this owner does not count them.</summary>
    long? Consumed => null;

    /// <summary>The version of the weights; null if this owner has none.</summary>
    long? ModelVersion => null;

    /// <summary>Returns the files of this state. They are written in this order.</summary>
    IEnumerable<CheckpointPart> Parts();
}
