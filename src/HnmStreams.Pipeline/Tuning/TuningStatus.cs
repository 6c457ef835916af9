using HnmStreams.Pipeline.Flow.Tuning;

namespace HnmStreams.Pipeline.Tuning;

/// <summary>The state of tuning. Immutable.</summary>
/// <param name="Champion">The settings of the learner.</param>
/// <param name="Start">The settings that it started with.</param>
/// <param name="Fixed">The keys of the settings that are not varied.</param>
/// <param name="Trials">The challengers that run at present.</param>
/// <param name="Decisions">The newest decisions, oldest first.</param>
/// <param name="Comparisons">The number of trials so far, over which the error rate is divided.</param>
/// <param name="Promotions">The number of challengers that took the place of the learner.</param>
/// <param name="ChallengerSeconds">Compute seconds of the steps of challengers.</param>
/// <param name="EvaluationSeconds">Compute seconds of the comparisons.</param>
/// <param name="ComputeShare">The share of all compute seconds so far, 0 to 1.</param>
public sealed record TuningStatus(
    TunedSettings Champion,
    TunedSettings Start,
    IReadOnlyList<string> Fixed,
    IReadOnlyList<TrialStatus> Trials,
    IReadOnlyList<TuningDecision> Decisions,
    long Comparisons,
    long Promotions,
    double ChallengerSeconds,
    double EvaluationSeconds,
    double ComputeShare);

/// <summary>A challenger and the evidence so far.</summary>
/// <param name="Trial">The number of the trial.</param>
/// <param name="Changes">The settings that differ from the champion's, as <c>KEY=VALUE</c>.</param>
/// <param name="Steps">Its steps since the trial began.</param>
/// <param name="Outcomes">The number of held-out outcomes compared.</param>
/// <param name="Difference">The mean difference to the champion in the task's metric; larger is better.</param>
/// <param name="Low">The lower bound of the confidence sequence.</param>
/// <param name="High">The upper bound.</param>
/// <param name="ErrorRate">The error rate of this comparison.</param>
public sealed record TrialStatus(long Trial, string Changes, long Steps, long Outcomes, double Difference, double Low, double High, double ErrorRate);

/// <summary>The end of a trial.</summary>
/// <param name="Evidence">The evidence at its end.</param>
/// <param name="Promoted">True if the challenger took the place of the learner.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="At">The time of the decision.</param>
public sealed record TuningDecision(TrialStatus Evidence, bool Promoted, string Reason, DateTimeOffset At);
