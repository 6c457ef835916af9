using HnmStreams.Host.Bench.Quality;

namespace HnmStreams.Host.Tests.Bench.Quality;

public sealed class QualityVerdictTests
{
    private static readonly (string, QualityMethodReport) Uniform = ("uniform", Curve((10_000, 0.5), (100_000, 0.8)));

    [Fact]
    public void Where_mining_pays_it_says_how_much_and_that_hardness_does_it()
    {
        var said = Of(50_000, Uniform, ("random", Curve((1_000, 0.4), (2_000, 0.6))), ("mined", Curve((1_000, 0.792), (2_000, 0.8))));
        Assert.Equal(["mined reaches 99 % of uniform's best with 1/97.6 of the examples", "random negatives do not reach it: hardness is what helps"], said);
    }

    [Fact]
    public void Where_random_negatives_do_as_well_hardness_adds_little()
    {
        var said = Of(50_000, Uniform, ("random", Curve((1_200, 0.8))), ("mined", Curve((1_000, 0.8))));
        Assert.Contains("random negatives reach it after 1,200, mined ones after 1,000: hardness adds little here, and scoring is hardly earned back", said);
        said = Of(50_000, Uniform, ("random", Curve((3_000, 0.8))), ("mined", Curve((1_000, 0.8))));
        Assert.Contains("random negatives need 3 times as many: hardness is what helps", said);
    }

    [Fact]
    public void Where_training_on_everything_needs_few_passes_little_can_be_left_out()
    {
        const string why = "little can be left out: training on everything needs only 2.0 passes over the set's 50,000 examples, so most of them still teach";
        // It consumes what it trains on.
        Assert.Contains(why, Of(50_000, ("uniform", Curve((50_000, 0.5), (100_000, 0.792), (200_000, 0.8))), ("mined", Curve((90_000, 0.8)))));
        Assert.Contains(why, Of(50_000, ("uniform", Curve((50_000, 0.5), (100_000, 0.792), (200_000, 0.8))), ("mined", Curve((90_000, 0.7)))));
        // Not where a tenth did, nor where nobody counted.
        Assert.DoesNotContain(why, Of(50_000, ("uniform", Curve((50_000, 0.5), (100_000, 0.792), (200_000, 0.8))), ("mined", Curve((9_000, 0.8)))));
        Assert.DoesNotContain(why, Of(null, ("uniform", Curve((50_000, 0.5), (100_000, 0.792), (200_000, 0.8))), ("mined", Curve((90_000, 0.8)))));
    }

    [Fact]
    public void A_level_that_is_not_met_is_said_with_what_was_reached() =>
        Assert.Equal("mined does not reach 99 % of uniform's best: 0.700 of 0.800 after 2,000", Of(null, Uniform, ("mined", Curve((1_000, 0.7), (2_000, 0.69))))[0]);

    [Fact]
    public void A_set_that_is_all_but_solved_is_said_to_be() =>
        Assert.Contains("the set is all but solved: nothing is left above 0.998", Of(null, ("uniform", Curve((1_000, 0.998))), ("mined", Curve((1_000, 0.998)))));

    [Theory]
    [InlineData(0.874, 0.002, true)]
    [InlineData(0.874, 0.02, false)]
    [InlineData(0.887, 0, false)]
    public void Who_falls_by_more_than_the_noise_is_past_its_best(double last, double sd, bool isSaid)
    {
        var said = Of(null, ("mined", new QualityMethodReport([new(10, 1_000, 1, 0.89, sd), new(20, 2_000, 1, last, sd)])));
        Assert.Equal(isSaid, said.Any(s => s.StartsWith("mined is past its best: 0.890 after 1,000, 0.874 after 2,000", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0.87, true)]
    [InlineData(0.852, false)]
    public void Mined_below_random_at_the_same_budget_is_said(double random, bool isSaid)
    {
        var said = Of(null, ("random", Curve((1_000, random))), ("mined", Curve((1_000, 0.85))));
        Assert.Equal(isSaid, said.Any(s => s.StartsWith("mined is below random after 1,000 consumed: 0.850 and 0.870", StringComparison.Ordinal)));
    }

    private static IReadOnlyList<string> Of(long? setSize, params (string Name, QualityMethodReport Report)[] methods) =>
        QualityReport.Of("task", "data", setSize, "metric", 4, methods.ToDictionary(m => m.Name, m => m.Report, StringComparer.Ordinal)).Verdict;

    private static QualityMethodReport Curve(params (double Rows, double Mean)[] points) => new([.. points.Select(p => new QualityPoint(p.Rows, p.Rows, 1, p.Mean, 0))]);
}
