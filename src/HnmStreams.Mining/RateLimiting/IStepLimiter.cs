namespace HnmStreams.Mining.RateLimiting;

/// <summary>How many training steps the stream has paid for.</summary>
/// <remarks>One owner, one thread. Every method O(1).</remarks>
public interface IStepLimiter
{
    /// <summary>Steps that may be taken now; a fraction is not a step yet.</summary>
    double Owed { get; }

    long StepsTaken { get; }

    /// <summary>Steps that were owed beyond what the limiter carries over, and are lost; 0 for one that waits.</summary>
    long SkippedSteps { get; }

    /// <summary>The stream has come <paramref name="examples"/> further.</summary>
    void Consumed(long examples);

    /// <summary>Takes one step where one is owed.</summary>
    bool TryTakeStep();

    /// <summary>All that it remembers: restored from it, it goes on without a jump.</summary>
    LimiterState Save();
}
