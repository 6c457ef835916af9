namespace HnmStreams.Mining.RateLimiting;

/// <summary>
/// Keeps steps per example within a band, as Reverb's rate limiter does (arXiv 2102.04736, section 3.4): the waiting form.
/// Steps wait for examples, and examples wait for steps, so that the counts alone decide what is trained on when:
/// for exact mode, replays and benchmarks. Nothing is ever lost. It only says who may go on; waiting is the caller's.
/// </summary>
/// <remarks>
/// It cannot come to a standstill: while less than a step is owed the stream may go on, and while one is owed the trainer
/// may. A trainer that is unable to step (no positive yet) must be said so, and then nobody waits for it.
/// </remarks>
public sealed class RatioLimiter(StepLimiterOptions options) : IStepLimiter
{
    private long _examples;

    public double Owed => ((double)Math.Max(0, _examples - options.MinimumExamples) / options.ExamplesPerStep) - StepsTaken;

    public long StepsTaken { get; private set; }

    public long SkippedSteps => 0;

    public static RatioLimiter Restore(StepLimiterOptions options, LimiterState state) =>
        new(options) { _examples = state.Examples, StepsTaken = state.StepsTaken };

    public LimiterState Save() => new(_examples, StepsTaken, Owed, 0);

    public void Consumed(long examples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        _examples += examples;
    }

    public bool TryTakeStep()
    {
        if (Owed < 1)
            return false;
        StepsTaken++;
        return true;
    }
}
