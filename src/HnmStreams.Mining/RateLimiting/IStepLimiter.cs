namespace HnmStreams.Mining.RateLimiting;

/// <summary>A limiter of the ratio of training steps to consumed examples.</summary>
/// <remarks>Single-threaded; one owner. Every operation takes O(1).</remarks>
public interface IStepLimiter
{
    /// <summary>The number of steps that may be taken now. A fraction is not a step yet.</summary>
    double Owed { get; }

    /// <summary>The number of steps taken.</summary>
    long StepsTaken { get; }

    /// <summary>The number of steps that were owed beyond the limiter's bound and dropped; 0 for a limiter without a bound.</summary>
    long SkippedSteps { get; }

    /// <summary>Records that more examples were consumed.</summary>
    /// <param name="examples">Number of examples, 0 or more.</param>
    void Consumed(long examples);

    /// <summary>Takes a step if one is owed.</summary>
    /// <returns>False if less than a step is owed.</returns>
    bool TryTakeStep();

    /// <summary>Returns the complete state. A limiter restored from it continues without a jump.</summary>
    LimiterState Save();
}
