namespace HnmStreams.Pipeline.Tuning;

/// <summary>The verdicts about a trial.</summary>
internal enum TrialVerdict
{
    /// <summary>The trial goes on.</summary>
    Undecided,

    /// <summary>The challenger is better: it is promoted.</summary>
    Better,

    /// <summary>The challenger is worse: it is replaced.</summary>
    Worse,

    /// <summary>The trial ended without a significant difference: the challenger is replaced.</summary>
    NoDifference,
}

/// <summary>The rules of tuning. Pure; O(1).</summary>
internal static class TrialRule
{
    /// <summary>
    /// Returns true if outcomes after this number of steps are evidence. Those of the first quarter of a trial are not: the challenger is still nearly the
    /// champion, and some changes, such as a smaller learning rate, gain at once and lose later.
    /// </summary>
    public static bool Counts(long steps, TuningOptions options) => steps >= options.TrialSteps / 4;

    /// <summary>Returns the verdict about a trial.</summary>
    /// <param name="low">The lower bound of the difference between challenger and champion.</param>
    /// <param name="high">The upper bound.</param>
    /// <param name="steps">The steps of the challenger since its trial began.</param>
    public static TrialVerdict Decide(double low, double high, long steps, TuningOptions options) =>
        low > 0 ? TrialVerdict.Better
        : high < 0 ? TrialVerdict.Worse
        : steps >= options.TrialSteps ? TrialVerdict.NoDifference
        : TrialVerdict.Undecided;

    /// <summary>
    /// Returns true if another trial may start. The seconds of the champion earn seconds for challengers. A trial may start before it is paid for,
    /// so that the share is exceeded by at most one trial per challenger.
    /// </summary>
    /// <param name="championSeconds">Seconds of scoring and training so far.</param>
    /// <param name="spentSeconds">Seconds of challengers and their evaluation so far.</param>
    /// <param name="reservedSeconds">Seconds that the running trials are expected to take still.</param>
    public static bool MayStart(double championSeconds, double spentSeconds, double reservedSeconds, double computeShare) =>
        spentSeconds + reservedSeconds <= championSeconds * computeShare / (1 - computeShare);
}
