using HnmStreams.Pipeline.Flow;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>Asks a baseline for a snapshot between two steps. Answered by <see cref="BaselineSnapshot"/>.</summary>
internal sealed record GetSnapshot
{
    public static GetSnapshot Instance { get; } = new();
}

/// <summary>The weights of a baseline and their cost.</summary>
/// <param name="Weights">The weights as they would be published. The receiver disposes them.</param>
internal sealed record BaselineSnapshot(Baseline Which, ModelSnapshot Weights, BaselineStatus Status);

/// <summary>The progress and cost of a baseline.</summary>
/// <param name="Steps">Applied steps, extra ones included.</param>
/// <param name="TrainedRows">Rows in applied steps.</param>
/// <param name="Seconds">Compute seconds spent in steps.</param>
/// <param name="ExtraSeconds">The part of <paramref name="Seconds"/> in extra steps.</param>
/// <param name="Granted">Seconds of scoring before this baseline began, which pay for no steps.</param>
internal readonly record struct BaselineStatus(long Steps, long TrainedRows, double Seconds, double ExtraSeconds, double Granted);
