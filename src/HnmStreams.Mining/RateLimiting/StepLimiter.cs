namespace HnmStreams.Mining.RateLimiting;

/// <summary>The complete state of a limiter.</summary>
/// <param name="Examples">Number of examples consumed.</param>
/// <param name="StepsTaken">Number of steps taken.</param>
/// <param name="Owed">Number of steps owed, including fractions.</param>
/// <param name="SkippedSteps">Number of steps dropped, including fractions.</param>
public readonly record struct LimiterState(long Examples, long StepsTaken, double Owed, double SkippedSteps);

/// <summary>
/// A limiter for live streams that never blocks: one step per number of examples (the "samples per insert" of Reverb, arXiv 2102.04736,
/// section 3.4). A slow trainer never holds the stream back. It skips the steps beyond a bound instead of catching up in a burst.
/// </summary>
/// <param name="options">The ratio and the bound.</param>
/// <remarks>Single-threaded; one owner. Every operation takes O(1).</remarks>
public sealed class StepLimiter(StepLimiterOptions options) : IStepLimiter
{
    private long _examples;
    private double _owed;
    private double _skipped;

    /// <inheritdoc/>
    public double Owed => _owed;

    /// <inheritdoc/>
    public long StepsTaken { get; private set; }

    /// <inheritdoc/>
    public long SkippedSteps => (long)_skipped;

    /// <summary>Returns a limiter that continues from a saved state.</summary>
    public static StepLimiter Restore(StepLimiterOptions options, LimiterState state) => new(options)
    {
        _examples = state.Examples,
        StepsTaken = state.StepsTaken,
        _owed = state.Owed,
        _skipped = state.SkippedSteps,
    };

    /// <inheritdoc/>
    public LimiterState Save() => new(_examples, StepsTaken, _owed, _skipped);

    /// <inheritdoc/>
    public void Consumed(long examples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        // Examples before the minimum do not count. The first step follows one step's worth of examples after it, not a burst.
        var counted = Math.Min(examples, Math.Max(0, _examples + examples - options.MinExamples));
        _examples += examples;
        // Only steps left over from before count as debt: a batch worth many steps does not mean that the trainer is slow.
        var carried = Math.Min(_owed, options.MaxDebtSteps);
        _skipped += _owed - carried;
        _owed = carried + (counted / options.ExamplesPerStep);
    }

    /// <inheritdoc/>
    public bool TryTakeStep()
    {
        if (_owed < 1)
            return false;
        _owed--;
        StepsTaken++;
        return true;
    }
}
