namespace HnmStreams.Mining.RateLimiting;

/// <summary>
/// A limiter that never skips a step: owed steps accumulate, as in Reverb's rate limiter (arXiv 2102.04736, section 3.4). The counts alone
/// decide which step follows which example, as exact mode, replays and benchmarks require. The caller must take the owed steps before it
/// consumes more.
/// </summary>
/// <param name="options">The ratio. <see cref="StepLimiterOptions.MaxDebtSteps"/> does not apply.</param>
public sealed class RatioLimiter(StepLimiterOptions options) : IStepLimiter
{
    private long _examples;

    /// <inheritdoc/>
    public double Owed => ((double)Math.Max(0, _examples - options.MinExamples) / options.ExamplesPerStep) - StepsTaken;

    /// <inheritdoc/>
    public long StepsTaken { get; private set; }

    /// <inheritdoc/>
    public long SkippedSteps => 0;

    /// <summary>Returns a limiter that continues from a saved state.</summary>
    public static RatioLimiter Restore(StepLimiterOptions options, LimiterState state) =>
        new(options) { _examples = state.Examples, StepsTaken = state.StepsTaken };

    /// <inheritdoc/>
    public LimiterState Save() => new(_examples, StepsTaken, Owed, 0);

    /// <inheritdoc/>
    public void Consumed(long examples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        _examples += examples;
    }

    /// <inheritdoc/>
    public bool TryTakeStep()
    {
        if (Owed < 1)
            return false;
        StepsTaken++;
        return true;
    }
}
