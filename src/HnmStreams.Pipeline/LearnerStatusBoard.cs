using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Tuning;

namespace HnmStreams.Pipeline;

/// <summary>The newest status of each part of the learner. The parts write it, anyone may read it.</summary>
/// <remarks>Thread-safe: each status is immutable and replaced as a whole.</remarks>
internal sealed class LearnerStatusBoard(
    RankingStatus ranking, TrainerStatus trainer, ScoringTimeCounter scoring, PredictionLatency latency, BudgetController budget, OverfittingGuard overfittingGuard, LearnerEdge? edge = null)
{
    private RankingStatus _ranking = ranking;
    private TrainerStatus _trainer = trainer;
    private EvaluationReport _evaluation = EvaluationReport.Empty;
    private BaselineReport? _baselines;
    private Checkpointer? _checkpointer;
    private TuningStatus? _tuning;
    private StepBalancer? _balancer;

    /// <summary>The status of all parts.</summary>
    public PipelineStatus Current => new(
        Volatile.Read(ref _ranking),
        Volatile.Read(ref _trainer),
        new ScoringStatus(scoring.Seconds, scoring.PredictingSeconds, latency.Status),
        Volatile.Read(ref _evaluation),
        Volatile.Read(ref _checkpointer)?.Status ?? CheckpointStatus.None,
        Volatile.Read(ref _baselines),
        budget.Last,
        overfittingGuard.Last,
        edge?.Status)
    {
        Tuning = Volatile.Read(ref _tuning),
        StepBalance = Volatile.Read(ref _balancer)?.Last,
    };

    /// <summary>The examples and labels consumed and the steps taken so far.</summary>
    public (long Consumed, long Steps) Progress
    {
        get
        {
            var stream = Volatile.Read(ref _ranking).Stream;
            return (stream.Consumed + stream.LateLabels, Volatile.Read(ref _trainer).Steps);
        }
    }

    public void Set(RankingStatus ranking) => Volatile.Write(ref _ranking, ranking);

    public void Set(TrainerStatus trainer) => Volatile.Write(ref _trainer, trainer);

    public void Set(Checkpointer checkpointer) => Volatile.Write(ref _checkpointer, checkpointer);

    public void Set(StepBalancer? balancer) => Volatile.Write(ref _balancer, balancer);

    public void Set(TuningStatus tuning) => Volatile.Write(ref _tuning, tuning);

    /// <param name="baselines">Null keeps the last comparison.</param>
    public void Set(EvaluationReport evaluation, BaselineReport? baselines)
    {
        Volatile.Write(ref _evaluation, evaluation);
        if (baselines is not null)
            Volatile.Write(ref _baselines, baselines);
    }

    /// <summary>Returns the costs that the number of examples per step follows from.</summary>
    public StepCosts StepCosts()
    {
        var current = Volatile.Read(ref _trainer);
        return new StepCosts(current.Steps, current.TrainedRows, scoring.Seconds, current.Seconds);
    }

    /// <summary>Returns the cost of the mined learner so far, without metrics.</summary>
    public LearnerPerformance Cost()
    {
        var current = Volatile.Read(ref _trainer);
        return new LearnerPerformance(EvaluationReport.Empty.HeldOut, current.Steps, current.TrainedRows, scoring.Seconds, current.Seconds);
    }
}
