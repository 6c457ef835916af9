using HnmStreams.Data.Rows;
using HnmStreams.Mining.Persistence;
using HnmStreams.Tasks.Outcomes;

namespace HnmStreams.Tasks.Tests.Outcomes;

public sealed class OutcomesTests
{
    [Fact]
    public void Ranking_uses_the_first_output()
    {
        var outcomes = new RankingOutcomes(10);
        foreach (var (score, label) in new[] { (3f, 1), (2f, 0), (1f, 1), (0f, 0) })
            Add(outcomes, [score], label, 1);
        var metrics = outcomes.Compute();
        Assert.Equal((1 + (2.0 / 3)) / 2, metrics["averagePrecision"], 1e-9);
        Assert.Equal(0.75, metrics["rocAuc"], 1e-9);
        Assert.Equal(0.5, metrics["recallAtPrecision90"], 1e-9);
        Assert.Equal(0.5, metrics["baseRate"], 1e-9);
    }

    [Fact]
    public void The_predicted_class_is_the_first_largest_output()
    {
        var outcomes = new ClassOutcomes(10);
        Add(outcomes, [0, 2, 1], 1, 1);
        Add(outcomes, [2, 2, 1], 0, 1);
        Add(outcomes, [-5, -4, -3], 0, 1);
        Assert.Equal(2.0 / 3, outcomes.Compute()["accuracy"], 1e-9);
        Assert.Contains("macroF1", outcomes.Compute().Keys);
    }

    [Fact]
    public void Skips_outputs_with_NaN()
    {
        var (ranking, classes) = (new RankingOutcomes(10), new ClassOutcomes(10));
        Add(ranking, [float.NaN], 1, 1);
        Add(classes, [1, float.NaN, 0], 0, 1);
        Assert.Equal((0, 0), (ranking.Count, classes.Count));
    }

    [Fact]
    public void Examples_of_no_class_are_told_from_the_others_by_their_confidence_and_do_not_count_in_the_accuracy()
    {
        var outcomes = new ClassOutcomes(10, hasUnknown: true);
        Add(outcomes, [5, 0], 0, 1);
        Add(outcomes, [0.2f, 0], 2, 1);
        Add(outcomes, [0, 2], 0, 1);
        Add(outcomes, [0, 3], 2, 1);
        var metrics = outcomes.Compute();
        Assert.Equal(0.5, metrics["accuracy"], 1e-9);
        // By 1 - the largest probability the order is unknown, class, unknown, class.
        Assert.Equal((1 + (2.0 / 3)) / 2, metrics["openSetAveragePrecision"], 1e-9);
        // By energy as well: -log sum exp of the centered logits is -0.70, -1.13, -1.55, -2.51.
        Assert.Equal((1 + (2.0 / 3)) / 2, metrics["openSetEnergyAveragePrecision"], 1e-9);
        Assert.Equal(0.5, metrics["openSetBaseRate"], 1e-9);
        Assert.Equal(4, outcomes.Count);
        Assert.DoesNotContain("openSetAveragePrecision", new ClassOutcomes(10).Compute().Keys);
    }

    [Fact]
    public void The_energy_does_not_depend_on_a_number_that_is_added_to_all_logits_of_an_example()
    {
        var outcomes = new ClassOutcomes(10, hasUnknown: true);
        Add(outcomes, [105, 100], 0, 1);
        Add(outcomes, [50.2f, 50], 2, 1);
        Add(outcomes, [-100, -97], 1, 1);
        var metrics = outcomes.Compute();
        Assert.Equal(1, metrics["openSetEnergyAveragePrecision"], 1e-9);
        Assert.Equal(1, metrics["openSetAveragePrecision"], 1e-9);
    }

    [Fact]
    public void Outcomes_of_an_open_set_are_restored()
    {
        var outcomes = new ClassOutcomes(10, hasUnknown: true);
        Add(outcomes, [5, 0], 0, 1);
        Add(outcomes, [0.2f, 0], 2, 1);
        var writer = new StateWriter();
        outcomes.Save(writer);
        var restored = new ClassOutcomes(10, hasUnknown: true);
        restored.Restore(new StateReader(writer.Written));
        Assert.Equal(outcomes.Compute(), restored.Compute());
    }

    [Fact]
    public void Metrics_are_weighted()
    {
        var outcomes = new ClassOutcomes(10);
        Add(outcomes, [1, 0], 0, 3);
        Add(outcomes, [1, 0], 1, 1);
        Assert.Equal(0.75, outcomes.Compute()["accuracy"], 1e-9);
    }

    private static void Add(IOutcomeMetrics outcomes, float[] outputs, int label, float weight)
    {
        using var rows = new RowBuffer();
        rows.Add([], label, weight);
        outcomes.Add(outputs, rows, 0);
    }
}
