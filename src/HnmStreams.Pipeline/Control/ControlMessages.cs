using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Control;

/// <summary>Asks a control learner how it stands between two steps; answered by <see cref="ControlSnapshot"/>.</summary>
internal sealed record GetSnapshot
{
    public static GetSnapshot Instance { get; } = new();
}

/// <param name="Weights">As they would be published; the asker's to dispose.</param>
internal sealed record ControlSnapshot(ControlLearner Which, ModelSnapshot Weights, ControlStatus Status);

/// <summary>Where a control learner stands.</summary>
/// <param name="Steps">Applied, further ones included.</param>
/// <param name="Backpropagated">Rows in applied steps.</param>
/// <param name="Seconds">Compute seconds spent in steps.</param>
/// <param name="FurtherSeconds">Those of them that scoring paid for.</param>
/// <param name="Granted">Seconds of scoring that went by before this learner began.</param>
internal readonly record struct ControlStatus(long Steps, long Backpropagated, double Seconds, double FurtherSeconds, double Granted);
