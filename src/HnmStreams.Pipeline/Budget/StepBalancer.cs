using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Budget;

/// <summary>Sets the number of examples per step once, from the costs measured in the first steps. <see cref="StepBalance"/> decides.</summary>
/// <param name="batchSize">Rows per step.</param>
/// <param name="apply">Applies the number of examples per step.</param>
/// <remarks>One thread; <see cref="Last"/> may be read from any. After a restart the costs are measured again.</remarks>
internal sealed partial class StepBalancer(int batchSize, MiningBudget budget, Action<double> apply, TimeProvider time, ILogger logger)
{
    private (long Scored, StepCosts Cost)? _start;
    private StepBalanceDecision? _last;

    /// <summary>The decision; null before it.</summary>
    public StepBalanceDecision? Last => Volatile.Read(ref _last);

    /// <summary>Decides if the costs are known. The first call only begins the measurement, so that the slow first steps do not count.</summary>
    /// <param name="scored">Examples scored so far.</param>
    /// <param name="cost">Steps, rows and seconds so far.</param>
    public void Adjust(long scored, StepCosts cost)
    {
        var now = (scored, cost);
        var (scoredBefore, before) = _start ??= now;
        var (examples, steps, rows) = (scored - scoredBefore, cost.Steps - before.Steps, cost.TrainedRows - before.TrainedRows);
        if (_last is not null || examples < StepBalance.MinScored || steps < StepBalance.MinSteps || budget.ScoredShare <= 0)
            return;
        var (perExample, perRow) = ((cost.ScoringSeconds - before.ScoringSeconds) / examples, (cost.TrainingSeconds - before.TrainingSeconds) / rows);
        if (!(perExample > 0 && perRow > 0))
            return;
        var perStep = StepBalance.ExamplesPerStep(batchSize, perExample, perRow, budget.ScoredShare);
        Volatile.Write(ref _last, new StepBalanceDecision(perStep, perExample, perRow, time.GetUtcNow()));
        apply(perStep);
        LogDecided(perStep, perRow / perExample, budget.ScoredShare);
    }

    [LoggerMessage(EventId = 343, Level = LogLevel.Information, Message = "One training step follows {Examples} examples from now on: a trained row costs {Ratio:0.0} times as much as a scored example, and {Share:P0} of the examples are scored. Set pipeline.limiter.examplesPerStep to fix the number.")]
    private partial void LogDecided(double examples, double ratio, double share);
}

/// <summary>The cost of scoring and training so far.</summary>
internal readonly record struct StepCosts(long Steps, long TrainedRows, double ScoringSeconds, double TrainingSeconds);

/// <summary>The number of examples per step, with the costs that decided.</summary>
/// <param name="ExamplesPerStep">Consumed examples per training step.</param>
/// <param name="ScoringSeconds">Compute seconds per scored example.</param>
/// <param name="TrainingSeconds">Compute seconds per trained row.</param>
/// <param name="At">The time of the decision.</param>
public sealed record StepBalanceDecision(double ExamplesPerStep, double ScoringSeconds, double TrainingSeconds, DateTimeOffset At);
