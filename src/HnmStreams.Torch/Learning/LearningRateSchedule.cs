namespace HnmStreams.Torch.Learning;

/// <summary>The learning rate per step. It depends on the step number only, so it has no state to save.</summary>
internal sealed class LearningRateSchedule(TrainingOptions options)
{
    /// <param name="step">The number of steps applied before this one.</param>
    public double At(long step)
    {
        if (step < options.WarmupSteps)
            return options.LearningRate * (step + 1) / options.WarmupSteps;
        if (string.Equals(options.Schedule, "constant", StringComparison.Ordinal))
            return options.LearningRate;
        var progress = Math.Min(1, (double)(step - options.WarmupSteps) / (options.TotalSteps - options.WarmupSteps));
        return options.LearningRate * (string.Equals(options.Schedule, "linear", StringComparison.Ordinal)
            ? 1 - progress
            : 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }
}
