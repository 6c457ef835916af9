using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Persistence;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Torch.Losses.Embeddings;
using HnmStreams.Torch.Replicas;

namespace HnmStreams.Tasks.Tests.Conformance;

/// <summary>Additional tests of tasks whose targets are groups and whose outputs are embeddings.</summary>
public abstract class GroupedTaskConformance : MiningTaskConformance
{
    protected override IReadOnlyList<string> SupportedTargets => ["identity", "label", "index"];

    private IGroupedTask Grouped => (IGroupedTask)Create();

    [Fact]
    public void Each_group_has_one_label_and_labels_differ_between_groups()
    {
        var task = Create();
        using var rows = Encode(task, 20);
        var names = Enumerable.Range(0, 20).Select(i => ValidExample(i).Target).ToArray();
        for (var i = 0; i < 20; i++)
        {
            Assert.True(rows.Labels[i] >= 0);
            for (var j = 0; j < 20; j++)
                Assert.Equal(names[i] == names[j], rows.Labels[i] == rows.Labels[j]);
        }
    }

    [Fact]
    public void Rows_carry_the_further_groups_of_their_examples_and_share_them_in_the_targets()
    {
        var task = Grouped;
        using var rows = new RowBuffer();
        var named = ValidExample(0) with { Target = new Target.Identity("first") { Others = ["second", "third", "second", "first"] } };
        foreach (var example in (Example[])[named, named with { Target = new Target.Identity("first") }, named with { Target = new Target.Identity("third") }, ValidExample(1) with { Target = new Target.Identity("other") }])
            Assert.Null(task.Encode(example, rows));
        Assert.Equal(rows.Labels[1], rows.Labels[0]);
        Assert.Equal(2, task.FurtherGroups(rows.Payload(0)).Length);
        Assert.Equal(rows.Labels[2], task.FurtherGroups(rows.Payload(0))[1]);
        Assert.True(task.FurtherGroups(rows.Payload(1)).IsEmpty);
        Assert.True(task.Input(rows.Payload(0)).SequenceEqual(task.Input(rows.Payload(1))));

        using var scope = TorchSharp.torch.NewDisposeScope();
        var targets = task.CollateTargets(rows, [0, 1, 2, 3]);
        bool[] expected = [true, true, true, false, true, true, false, false, true, false, true, false, false, false, false, true];
        Assert.Equal(expected, GroupTargets.Shared(targets, targets).data<bool>().ToArray());
        Assert.Equal([2], task.CollateTargets(rows, [2, 3]).shape);
        Assert.NotNull(task.Encode(named with { Target = new Target.Identity("first") { Others = [" "] } }, rows));
        Assert.Equal(4, rows.Count);
    }

    [Fact]
    public void Whole_groups_are_held_out_unless_the_task_evaluates_in_its_index()
    {
        var task = Grouped;
        var (one, same, other) = (ValidExample(0), ValidExample(0) with { Id = "another" }, ValidExample(1));
        var keys = new[] { one, same, other }.Select(e => task.HoldOutKey(e.Target, ExampleKey.Of(e.Id))).ToArray();
        Assert.Equal(task.IsJudgedInIndex, keys[0] != keys[1]);
        Assert.NotEqual(keys[0], keys[2]);
    }

    [Fact]
    public void Embeddings_have_unit_length()
    {
        var task = Create();
        using var rows = Encode(task, 5);
        using var replica = new ScoringReplica(task, TorchSharp.torch.CPU, 1);
        var outputs = new float[5 * task.OutputWidth];
        replica.Score(rows, [0, 1, 2, 3, 4], outputs, new float[5]);
        foreach (var embedding in outputs.Chunk(task.OutputWidth))
            Assert.Equal(1, embedding.Sum(x => (double)x * x), 1e-4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_consists_of_groups_within_the_supply(bool miningAllowed)
    {
        var task = Grouped;
        var plan = task.Compose(new MixOptions { HardShare = 0.5 }, new MixSupply(0, 0, 10_000, 10_000), miningAllowed);
        Assert.Equal(task.Batch.Groups, plan.Count);
        Assert.Null(plan.Shortfall);
        Assert.Equal(miningAllowed, plan.HardNegatives > 0);
        Assert.Equal(0, task.Compose(new MixOptions(), default, miningAllowed).Count);
    }

    [Fact]
    public void Metrics_separate_perfect_from_random_outputs_and_survive_a_restore()
    {
        var task = Create();
        using var rows = Encode(task, 200);
        var (perfect, arbitrary) = (task.CreateMetrics(200), task.CreateMetrics(200));
        var groups = rows.Labels.ToArray().Distinct().ToArray();
        for (var i = 0; i < rows.Count; i++)
        {
            perfect.Add(PointOnSphere(task, Array.IndexOf(groups, rows.Labels[i])), rows, i);
            arbitrary.Add(PointOnSphere(task, i * 7919 % 101), rows, i);
        }

        Assert.Equal(200, perfect.Count);
        Assert.Equal(1, perfect.Compute()[task.PrimaryMetric], 1e-9);
        Assert.InRange(arbitrary.Compute()[task.PrimaryMetric], 0, 0.6);
        Assert.True(perfect.BeatsChance());
        Assert.False(arbitrary.BeatsChance());

        var writer = new StateWriter();
        arbitrary.Save(writer);
        var restored = task.CreateMetrics(200);
        restored.Restore(new StateReader(writer.Written.ToArray()));
        Assert.Equal(arbitrary.Compute(), restored.Compute());
        perfect.Clear();
        Assert.Equal(0, perfect.Count);
        Assert.False(perfect.BeatsChance());
    }

    // Returns a point on the sphere per number, most of them well separated.
    private static float[] PointOnSphere(IMiningTask task, int number)
    {
        var outputs = new float[task.OutputWidth];
        outputs[number % task.OutputWidth] = 0.8f;
        outputs[(number / task.OutputWidth) % task.OutputWidth] += 0.6f;
        return outputs;
    }
}
