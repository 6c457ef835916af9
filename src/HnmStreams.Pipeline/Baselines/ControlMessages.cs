using HnmStreams.Pipeline.Flow;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>Asks a baseline how it stands between two steps; answered by <see cref="BaselineSnapshot"/>.</summary>
internal sealed record GetSnapshot
{
    public static GetSnapshot Instance { get; } = new();
}

/// <param name="Weights">As they would be published; the asker's to dispose.</param>
internal sealed record BaselineSnapshot(Baseline Which, ModelSnapshot Weights, BaselineStatus Status);

/// <summary>Where a baseline stands.</summary>
/// <param name="Steps">Applied, further ones included.</param>
/// <param name="TrainedRows">Rows in applied steps.</param>
/// <param name="Seconds">Compute seconds spent in steps.</param>
/// <param name="FurtherSeconds">Those of them that scoring paid for.</param>
/// <param name="Granted">Seconds of scoring that went by before this learner began.</param>
internal readonly record struct BaselineStatus(long Steps, long TrainedRows, double Seconds, double FurtherSeconds, double Granted);
