using HnmStreams.Evaluation.Comparing;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Verdicts;

namespace HnmStreams.Web.Tests.Verdicts;

public sealed class StepsToLevelTests
{
    [Fact]
    public void Compares_the_first_steps_at_the_best_level_of_random_negatives()
    {
        var steps = StepsToLevel.Of([Point(100, 0.5, 0.3), Point(100, 0.5, 0.3), Point(200, 0.8, 0.6), Point(300, 0.7, 0.8), Point(400, 0.9, 0.75)]);
        Assert.Equal(new StepsToLevel(0.8, 200, 300, 4) { EqualComputeSteps = 300 }, steps);
        Assert.Equal(1 / 3.0, steps!.SavedShare, 1e-9);
        Assert.Equal(-0.5, steps.ComputeSavedByRandom!.Value, 1e-9);
    }

    [Fact]
    public void Finds_the_first_comparison_in_which_random_negatives_at_equal_compute_had_the_level()
    {
        var steps = StepsToLevel.Of([Point(100, 0.5, 0.3) with { RandomEqualCompute = 0.85 }, Point(200, 0.8, 0.6) with { RandomEqualCompute = 0.7 }, Point(300, 0.9, 0.75)]);
        Assert.Equal((100L, 0.5), (steps!.EqualComputeSteps, steps.ComputeSavedByRandom));
        Assert.Null(StepsToLevel.Of([Point(100, 0.5, 0.3) with { RandomEqualCompute = null }])!.ComputeSavedByRandom);
    }

    [Fact]
    public void Is_undefined_before_mining_reaches_the_level_and_without_comparisons()
    {
        Assert.Null(StepsToLevel.Of([Point(100, 0.5, 0.6)]));
        Assert.Null(StepsToLevel.Of([]));
        Assert.Null(StepsToLevel.Of([Point(100, 0.5, 0.3) with { ComparedSteps = null }]));
    }

    private static RunPoint Point(long steps, double mined, double random) =>
        new(steps, 1, 0, 0.1, mined, null, steps, steps, 1, 1, random, random, new Uplift(0.2, 0.1, 0.3), steps, steps);
}
