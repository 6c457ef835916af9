using HnmStreams.Pipeline.Budget;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Pipeline.Tests.Budget;

public sealed class StepBalancerTests
{
    [Theory]
    // A trained row of a convolutional network costs four times as much as a scored one, one of a small network far more.
    [InlineData(1, 4, 1, 128)]
    [InlineData(1, 40, 1, 512)]
    [InlineData(1, 2, 1, 128)]
    [InlineData(1, 8, 1, 256)]
    // If a quarter is scored, four times as many examples give as many candidates.
    [InlineData(1, 4, 0.25, 512)]
    [InlineData(1, 4, 0.01, 512)]
    public void Scoring_gets_about_as_many_seconds_as_training(double scoring, double training, double share, double expected) =>
        Assert.Equal(expected, StepBalance.ExamplesPerStep(32, scoring, training, share));

    [Fact]
    public void Decides_once_and_not_before_the_costs_are_known()
    {
        var applied = new List<double>();
        var budget = new MiningBudget(new PipelineOptions().ToBudgetSettings());
        var balancer = new StepBalancer(32, budget, applied.Add, TimeProvider.System, NullLogger.Instance);
        // The slow first steps are not part of the measurement.
        balancer.Adjust(1_000, new StepCosts(10, 320, 9, 9));
        balancer.Adjust(1_000 + StepBalance.MinScored - 1, new StepCosts(100, 3_200, 10, 10));
        balancer.Adjust(10_000, new StepCosts(10 + StepBalance.MinSteps - 1, 3_200, 10, 10));
        balancer.Adjust(10_000, new StepCosts(50, 320 + 1_280, 9, 10));
        Assert.Empty(applied);
        Assert.Null(balancer.Last);
        balancer.Adjust(11_000, new StepCosts(110, 320 + 3_200, 9 + 1, 9 + 2));
        // 0.1 ms per scored example and 0.625 ms per trained row.
        Assert.Equal([200], applied);
        Assert.Equal((200.0, 0.0001, 0.000625), (balancer.Last!.ExamplesPerStep, balancer.Last.ScoringSeconds, balancer.Last.TrainingSeconds));
        balancer.Adjust(50_000, new StepCosts(510, 3_520, 12, 90));
        Assert.Single(applied);
    }
}
