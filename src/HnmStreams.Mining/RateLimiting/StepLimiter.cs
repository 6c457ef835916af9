namespace HnmStreams.Mining.RateLimiting;

/// <summary>All that a limiter remembers.</summary>
public readonly record struct LimiterState(long Examples, long StepsTaken, double Owed, double Forgone);

/// <summary>
/// Keeps training in step with the stream: one step for so many examples (the "samples per insert" of Reverb,
/// arXiv 2102.04736, section 3.4). This is the live form: it never makes anybody wait. The stream is never held back,
/// and a trainer that falls behind loses the steps beyond the bound instead of catching up in a burst.
/// </summary>
/// <remarks>One owner, one thread. Every method O(1).</remarks>
public sealed class StepLimiter(StepLimiterOptions options) : IStepLimiter
{
    private long _examples;
    private double _owed;
    private double _forgone;

    /// <summary>Steps that may be taken now; a fraction is not a step yet.</summary>
    public double Owed => _owed;

    public long StepsTaken { get; private set; }

    /// <summary>Whole steps that were owed beyond the bound and are lost.</summary>
    public long SkippedSteps => (long)_forgone;

    public static StepLimiter Restore(StepLimiterOptions options, LimiterState state) => new(options)
    {
        _examples = state.Examples,
        StepsTaken = state.StepsTaken,
        _owed = state.Owed,
        _forgone = state.Forgone,
    };

    public LimiterState Save() => new(_examples, StepsTaken, _owed, _forgone);

    /// <summary>The stream has come <paramref name="examples"/> further.</summary>
    public void Consumed(long examples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        // Examples before the minimum pay for nothing: the first step comes one step's worth after it, not in a burst.
        var paying = Math.Min(examples, Math.Max(0, _examples + examples - options.MinimumExamples));
        _examples += examples;
        // Only what was left over from before is debt: a batch that pays for many steps at once is no sign of a slow trainer.
        var carried = Math.Min(_owed, options.MaximumDebtSteps);
        _forgone += _owed - carried;
        _owed = carried + (paying / options.ExamplesPerStep);
    }

    /// <summary>Takes one step where one is owed.</summary>
    public bool TryTakeStep()
    {
        if (_owed < 1)
            return false;
        _owed--;
        StepsTaken++;
        return true;
    }
}
