namespace HnmStreams.Torch.Learning;

/// <summary>Learning rate by step: a function of the step's number alone, so nothing of it needs saving.</summary>
internal sealed class LearningRateSchedule(TrainingOptions options)
{
    /// <param name="step">Steps applied before this one.</param>
    public double At(long step)
    {
        if (step < options.WarmupSteps)
            return options.LearningRate * (step + 1) / options.WarmupSteps;
        if (string.Equals(options.Schedule, "constant", StringComparison.Ordinal))
            return options.LearningRate;
        var done = Math.Min(1, (double)(step - options.WarmupSteps) / (options.TotalSteps - options.WarmupSteps));
        return options.LearningRate * (string.Equals(options.Schedule, "linear", StringComparison.Ordinal)
            ? 1 - done
            : 0.5 * (1 + Math.Cos(Math.PI * done)));
    }
}
