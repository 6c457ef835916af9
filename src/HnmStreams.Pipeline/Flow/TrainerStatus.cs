namespace HnmStreams.Pipeline.Flow;

/// <summary>A snapshot of the trainer. Immutable; for any thread.</summary>
/// <param name="Steps">Applied training steps.</param>
/// <param name="RefusedSteps">Steps refused because a loss or a gradient was NaN or infinite.</param>
/// <param name="TrainedRows">Rows in applied steps.</param>
/// <param name="ModelVersion">The newest published version.</param>
/// <param name="Loss">The exponential moving average of the mean loss over about 50 steps; null before the first step.</param>
/// <param name="Seconds">Compute seconds spent in steps.</param>
public sealed record TrainerStatus(long Steps, long RefusedSteps, long TrainedRows, long ModelVersion, double? Loss, double Seconds)
{
    /// <summary>The factor on the learning rate, above 0 and at most 1: below 1 if the batches are memorized (<c>pipeline.training.fullRateHardness</c>).</summary>
    public double RateFactor { get; init; } = 1;

    /// <summary>The status before the first step.</summary>
    public static TrainerStatus Initial { get; } = new(0, 0, 0, 0, null, 0);
}
