using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;

namespace HnmStreams.Tasks.Tests.Conformance;

/// <summary>Additional tests of tasks whose target is one class per example.</summary>
public abstract class LabeledTaskConformance : MiningTaskConformance
{
    [Fact]
    public void Labels_are_classes()
    {
        var task = Create();
        using var rows = Encode(task, 20);
        foreach (var label in rows.Labels.ToArray())
            Assert.InRange(label, 0, Math.Max(1, task.OutputWidth - 1));
    }

    [Fact]
    public void The_row_of_an_unlabeled_example_is_that_of_the_labeled_one()
    {
        var created = Create();
        Assert.SkipUnless(created is ILateLabels, "The task does not take labels that come later.");
        var task = (ILateLabels)created;
        using var labeled = Encode(Create(), 20);
        using var unlabeled = new RowBuffer();
        for (var i = 0; i < 20; i++)
        {
            var example = ValidExample(i);
            Assert.Null(task.EncodeUnlabeled(new ExampleView(example with { Target = Target.None.Instance }), unlabeled));
            Assert.Null(task.ReadLabel(example.Target, out var label));
            Assert.Equal(labeled.Labels[i], label);
        }

        created.FinishRows(unlabeled);
        for (var i = 0; i < 20; i++)
            Assert.Equal(labeled.Payload(i), unlabeled.Payload(i));

        Assert.Equal(RejectionReasons.WrongTarget, task.ReadLabel(Target.None.Instance, out _)?.Reason);
        Assert.NotNull(task.EncodeUnlabeled(new ExampleView(ValidExample(0) with { Target = Target.None.Instance, Input = ExampleInput.None.Instance }), unlabeled));
        Assert.Equal(20, unlabeled.Count);
    }

    [Fact]
    public void Hardness_increases_as_the_outputs_move_away_from_the_label()
    {
        var task = Create();
        using var rows = Encode(task, 20);
        for (var row = 0; row < rows.Count; row++)
        {
            var label = rows.Labels[row];
            var last = float.NegativeInfinity;
            for (var confidence = 30f; confidence >= -30; confidence -= 5)
            {
                var hardness = HardnessOf(task, Confident(task, label, confidence), rows, row);
                Assert.True(hardness > last, $"{hardness} after {last}");
                last = hardness;
            }
        }
    }

    [Fact]
    public void Roles_agree_with_HasPositives()
    {
        var task = Create();
        using var rows = Encode(task, 100);
        var positives = rows.Labels.ToArray().Count(l => task.RoleOf(l) == ExampleRole.Positive);
        Assert.Equal(task.HasPositives, positives > 0);
        Assert.True(positives < 100);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_stays_within_the_supply(bool miningAllowed)
    {
        var task = Create();
        var options = new MixOptions { BatchSize = 32 };
        var supply = new MixSupply(100, 100, 100, 100);
        var plan = task.Compose(options, supply, miningAllowed);
        Assert.Equal(32, plan.Count);
        Assert.Null(plan.Shortfall);
        Assert.Equal(task.HasPositives, plan.NewPositives + plan.ReservoirPositives > 0);
        Assert.Equal(miningAllowed, plan.HardNegatives > 0);
        Assert.Equal(0, task.Compose(options, default, miningAllowed).Count);
    }

    [Fact]
    public void Metrics_separate_perfect_from_random_outputs()
    {
        var task = Create();
        using var rows = Encode(task, 400);
        var (perfect, arbitrary) = (task.CreateMetrics(400), task.CreateMetrics(400));
        for (var i = 0; i < rows.Count; i++)
        {
            perfect.Add(Confident(task, rows.Labels[i], 3), rows, i);
            arbitrary.Add(Confident(task, 0, (i * 7919 % 1000) - 500), rows, i);
        }

        Assert.Equal(400, perfect.Count);
        Assert.Equal(1, perfect.Compute()[task.PrimaryMetric], 1e-9);
        Assert.InRange(arbitrary.Compute()[task.PrimaryMetric], 0, 0.8);
        Assert.True(perfect.BeatsChance());
        Assert.False(arbitrary.BeatsChance());
        perfect.Clear();
        Assert.Equal(0, perfect.Count);
        Assert.False(perfect.BeatsChance());
    }

    [Fact]
    public void Metrics_cover_at_most_their_capacity()
    {
        var task = Create();
        var metrics = task.CreateMetrics(50);
        using var rows = Encode(task, 100);
        for (var i = 0; i < 100; i++)
            metrics.Add(Confident(task, rows.Labels[i], i < 50 ? -3 : 3), rows, i);
        Assert.Equal(50, metrics.Count);
        Assert.Equal(1, metrics.Compute()[task.PrimaryMetric], 1e-9);
    }

    private static float[] Confident(IMiningTask task, int label, float confidence)
    {
        var outputs = new float[task.OutputWidth];
        outputs[task.OutputWidth == 1 ? 0 : label] = task.OutputWidth == 1 && label == 0 ? -confidence : confidence;
        return outputs;
    }
}
