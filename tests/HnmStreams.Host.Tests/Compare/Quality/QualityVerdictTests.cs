using HnmStreams.Host.Compare.Quality;

namespace HnmStreams.Host.Tests.Compare.Quality;

public sealed class QualityVerdictTests
{
    private static readonly (string, QualityMethodReport) Uniform = ("uniform", QualityCurves.Of((10_000, 0.5), (100_000, 0.8)));

    [Fact]
    public void States_the_saving_and_that_hardness_makes_the_difference()
    {
        var verdict = Of(50_000, Uniform, ("random", QualityCurves.Of((1_000, 0.4), (2_000, 0.6))), ("mined", QualityCurves.Of((1_000, 0.792), (2_000, 0.8))));
        Assert.Equal(
            ["mined reaches 99 % of uniform's best with 1/97.6 of the examples", "in seconds of scoring, ranking and training: mined 1.0, uniform 97.6", "random negatives do not reach it: hardness makes the difference"],
            verdict);
    }

    [Fact]
    public void States_that_hardness_adds_little_if_random_negatives_do_as_well()
    {
        var verdict = Of(50_000, Uniform, ("random", QualityCurves.Of((1_200, 0.8))), ("mined", QualityCurves.Of((1_000, 0.8))));
        Assert.Contains("random negatives reach it after 1,200 and mined negatives after 1,000: hardness adds little here and barely pays for scoring", verdict);
        verdict = Of(50_000, Uniform, ("random", QualityCurves.Of((3_000, 0.8))), ("mined", QualityCurves.Of((1_000, 0.8))));
        Assert.Contains("random negatives need 3 times as many: hardness makes the difference", verdict);
    }

    [Fact]
    public void States_that_few_examples_can_be_skipped_if_uniform_needs_few_passes()
    {
        const string FewSkipped = "few examples can be skipped: training on everything needs only 2.0 passes over the data set's 50,000 examples";
        // Uniform trains on everything that it consumes.
        Assert.Contains(FewSkipped, Of(50_000, ("uniform", QualityCurves.Of((50_000, 0.5), (100_000, 0.792), (200_000, 0.8))), ("mined", QualityCurves.Of((90_000, 0.8)))));
        Assert.Contains(FewSkipped, Of(50_000, ("uniform", QualityCurves.Of((50_000, 0.5), (100_000, 0.792), (200_000, 0.8))), ("mined", QualityCurves.Of((90_000, 0.7)))));
        // The sentence is omitted if mining saves a factor of ten, or if the size of the data set is unknown.
        Assert.DoesNotContain(FewSkipped, Of(50_000, ("uniform", QualityCurves.Of((50_000, 0.5), (100_000, 0.792), (200_000, 0.8))), ("mined", QualityCurves.Of((9_000, 0.8)))));
        Assert.DoesNotContain(FewSkipped, Of(null, ("uniform", QualityCurves.Of((50_000, 0.5), (100_000, 0.792), (200_000, 0.8))), ("mined", QualityCurves.Of((90_000, 0.8)))));
    }

    [Fact]
    public void States_the_best_metric_if_mining_does_not_reach_the_level() =>
        Assert.Equal("mined does not reach 99 % of uniform's best: 0.700 of 0.800 after 2,000", Of(null, Uniform, ("mined", QualityCurves.Of((1_000, 0.7), (2_000, 0.69))))[0]);

    [Fact]
    public void States_that_the_data_set_is_nearly_solved() =>
        Assert.Contains("the data set is nearly solved: uniform already reaches 0.998", Of(null, ("uniform", QualityCurves.Of((1_000, 0.998))), ("mined", QualityCurves.Of((1_000, 0.998)))));

    [Theory]
    [InlineData(0.874, 0.002, true)]
    [InlineData(0.874, 0.02, false)]
    [InlineData(0.887, 0, false)]
    public void Reports_a_method_that_falls_by_more_than_the_noise(double last, double sd, bool isReported)
    {
        var verdict = Of(null, ("mined", QualityCurves.WithSpread(sd, (1_000, 0.89), (2_000, last))));
        Assert.Equal(isReported, verdict.Any(s => s.StartsWith("mined is past its best: 0.890 after 1,000, 0.874 after 2,000", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0.87, true)]
    [InlineData(0.852, false)]
    public void Reports_mined_below_random_at_the_same_budget(double random, bool isReported)
    {
        var verdict = Of(null, ("random", QualityCurves.Of((1_000, random))), ("mined", QualityCurves.Of((1_000, 0.85))));
        Assert.Equal(isReported, verdict.Any(s => s.StartsWith("mined is below random after 1,000 consumed: 0.850 and 0.870", StringComparison.Ordinal)));
    }

    [Fact]
    public void States_that_nothing_was_learned_instead_of_an_infinite_saving() =>
        Assert.StartsWith("nothing can be compared", Assert.Single(Of(null, ("uniform", QualityCurves.Of((0, 0), (10, 0))), ("mined", QualityCurves.Of((0, 0))))), StringComparison.Ordinal);

    [Fact]
    public void One_seed_is_no_evidence()
    {
        QualityPoint Point(double rows, double metric) => new(rows, rows, rows, rows, [metric], [metric]);
        var methods = new Dictionary<string, QualityMethodReport>(StringComparer.Ordinal) { ["random"] = new([Point(100, 0.9)]), ["mined"] = new([Point(50, 0.9), Point(100, 0.5)]) };
        Assert.Equal(["one seed is no evidence of a difference between methods; take at least three (--seeds)"], QualityReport.Of("t", "d", null, "m", 1, methods).Verdict);
    }

    [Fact]
    public void Memorized_examples_are_not_called_wrong_labels()
    {
        var verdict = Of(null, ("random", QualityCurves.Of((1_000, 0.85), (2_000, 0.86))), ("mined", QualityCurves.Of((1_000, 0.9), (2_000, 0.8))));
        Assert.Contains("mined is below random after 2,000 consumed: 0.800 and 0.860; it has fallen from its own best", verdict);
    }

    private static IReadOnlyList<string> Of(long? setSize, params (string Name, QualityMethodReport Report)[] methods) =>
        QualityReport.Of("task", "data", setSize, "metric", 4, methods.ToDictionary(m => m.Name, m => m.Report, StringComparer.Ordinal)).Verdict;
}
