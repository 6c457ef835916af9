namespace HnmStreams.Torch.Learning;

/// <summary>The learning rate per step. It depends on the step number only, so it has no state to save.</summary>
/// <remarks>For <c>prodigy</c>, which estimates the learning rate, it is the factor on the estimate: 1 after the warm-up.</remarks>
internal sealed class LearningRateSchedule(TrainingOptions options)
{
    private readonly double _rate = options.Optimizer == TrainingOptions.Prodigy ? 1 : options.LearningRate;

    private readonly double _added = options.Optimizer == TrainingOptions.Prodigy ? 0 : options.InitialFactor - 1;

    /// <param name="step">The number of steps applied before this one.</param>
    public double At(long step) => Scheduled(step) * InitialFactor(step);

    private double InitialFactor(long step) => _added == 0 ? 1 : 1 + (_added * Math.Exp(-step / options.InitialSteps));

    private double Scheduled(long step)
    {
        if (step < options.WarmupSteps)
            return _rate * (step + 1) / options.WarmupSteps;
        if (string.Equals(options.Schedule, "constant", StringComparison.Ordinal))
            return _rate;
        var progress = Math.Min(1, (double)(step - options.WarmupSteps) / (options.TotalSteps - options.WarmupSteps));
        return _rate * (string.Equals(options.Schedule, "linear", StringComparison.Ordinal)
            ? 1 - progress
            : 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }
}
