using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Tests;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Conformance;

/// <summary>What every task must do. A new task derives from it, says what its examples look like, and passes.</summary>
public abstract class MiningTaskConformance
{
    public static TheoryData<string> ForeignInputs => ["text", "features", "image", "empty image", "no dimensions", "negative", "huge", "bytes", "floats"];

    public static TheoryData<string> ForeignTargets => ["identity", "boxes"];

    protected abstract IMiningTask Create();

    /// <summary>A good example; its label must follow from its input, and several labels must occur.</summary>
    protected abstract Example Good(int index);

    [Fact]
    public void Its_name_is_one_lower_case_word() => Assert.Matches("^[a-z][a-z0-9-]*$", Create().Name);

    [Fact]
    public void A_good_example_becomes_exactly_one_row_with_its_weight()
    {
        var task = Create();
        using var rows = new RowBuffer();
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(task.Encode(Good(i) with { Weight = i + 1 }, rows));
            Assert.Equal(i + 1, rows.Count);
            Assert.Equal(i + 1, rows.Weights[i]);
            Assert.InRange(rows.Labels[i], 0, Math.Max(1, task.OutputWidth - 1));
        }
    }

    [Theory]
    [MemberData(nameof(ForeignInputs))]
    public void A_foreign_input_is_refused_with_a_code_and_a_sentence_and_leaves_nothing(string kind)
    {
        ExampleInput input = kind switch
        {
            "text" => new ExampleInput.Text("a text"),
            "features" => new ExampleInput.Features([new Feature("a", 1, null)]),
            "image" => new ExampleInput.EncodedImage(new byte[100]),
            "empty image" => new ExampleInput.EncodedImage(default),
            "no dimensions" => new ExampleInput.Dense(ElementType.UInt8, [], default),
            "negative" => new ExampleInput.Dense(ElementType.UInt8, [-1, -1], default),
            "huge" => new ExampleInput.Dense(ElementType.Float32, [int.MaxValue, int.MaxValue], default),
            "bytes" => new ExampleInput.Dense(ElementType.UInt8, [3], new byte[3]),
            _ => new ExampleInput.Dense(ElementType.Float32, [3], new byte[12]),
        };
        AssertRefused(Good(0) with { Input = input });
    }

    [Theory]
    [MemberData(nameof(ForeignTargets))]
    public void A_foreign_target_is_refused(string kind) =>
        AssertRefused(Good(0) with { Target = kind == "boxes" ? new Target.Boxes([]) : new Target.Identity("someone") });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_weight_that_is_none_is_refused(float weight) => AssertRefused(Good(0) with { Weight = weight });

    [Fact]
    public void Encoding_is_the_same_from_any_thread()
    {
        var task = Create();
        using var alone = Encode(task, 200);
        Parallel.For(0, 4, _ =>
        {
            using var beside = Encode(task, 200);
            for (var i = 0; i < 200; i++)
                Assert.True(alone.Payload(i).SequenceEqual(beside.Payload(i)));
            Assert.True(alone.Labels.SequenceEqual(beside.Labels));
        });
    }

    [Fact]
    public void The_network_takes_what_collate_gives_and_yields_the_width()
    {
        using var scope = NewDisposeScope();
        var task = Create();
        using var rows = Encode(task, 7);
        using var network = task.CreateNetwork();
        var outputs = network.forward(task.Collate(rows, [0, 1, 2, 3, 4, 5, 6]));
        Assert.Equal([7, task.OutputWidth], outputs.shape);
        Assert.True(outputs.isfinite().all().item<bool>());
    }

    [Fact]
    public void Collate_follows_the_indices()
    {
        using var scope = NewDisposeScope();
        var task = Create();
        using var rows = Encode(task, 5);
        var (forward, backward) = (task.Collate(rows, [0, 1, 2, 3, 4]), task.Collate(rows, [4, 3, 2, 1, 0]));
        Assert.True(forward.flip(0).eq(backward).all().item<bool>());
        Assert.False(forward.eq(backward).all().item<bool>());
    }

    [Fact]
    public void The_loss_is_one_number_an_example_and_differentiable()
    {
        using var scope = NewDisposeScope();
        var task = Create();
        using var rows = Encode(task, 6);
        var outputs = zeros(6, task.OutputWidth).requires_grad_();
        var loss = task.Loss(outputs, tensor(rows.Labels.ToArray().Select(l => (long)l).ToArray()));
        Assert.Equal([6], loss.shape);
        Assert.True(loss.gt(0).all().item<bool>());
        var gradient = autograd.grad([loss.sum()], [outputs])[0];
        Assert.True(gradient.abs().sum(1).gt(0).all().item<bool>());
    }

    [Fact]
    public void Hardness_rises_as_the_outputs_turn_from_the_label()
    {
        var task = Create();
        using var rows = Encode(task, 20);
        for (var row = 0; row < rows.Count; row++)
        {
            var label = rows.Labels[row];
            var last = float.NegativeInfinity;
            for (var confidence = 30f; confidence >= -30; confidence -= 5)
            {
                var hardness = HardnessOf(task, Confident(task, label, confidence), label);
                Assert.True(hardness > last, $"{hardness} after {last}");
                last = hardness;
            }
        }
    }

    [Fact]
    public void Hardness_of_NaN_is_NaN()
    {
        var task = Create();
        var outputs = new float[task.OutputWidth];
        outputs[^1] = float.NaN;
        Assert.True(float.IsNaN(HardnessOf(task, outputs, 0)));
    }

    [Fact]
    public void Roles_agree_with_whether_there_are_positives()
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
    public void A_batch_is_made_up_within_the_supply(bool miningAllowed)
    {
        var task = Create();
        var options = new MixOptions { BatchSize = 32 };
        var plenty = new MixSupply(100, 100, 100, 100);
        var plan = task.Compose(options, plenty, miningAllowed);
        Assert.Equal(32, plan.Count);
        Assert.Null(plan.Shortfall);
        Assert.Equal(task.HasPositives, plan.FreshPositives + plan.ReservoirPositives > 0);
        Assert.Equal(miningAllowed, plan.HardNegatives > 0);
        Assert.Equal(0, task.Compose(options, default, miningAllowed).Count);
    }

    [Fact]
    public void Metrics_know_the_perfect_from_the_arbitrary()
    {
        var task = Create();
        using var rows = Encode(task, 400);
        var (perfect, arbitrary) = (task.CreateMetrics(400), task.CreateMetrics(400));
        for (var i = 0; i < rows.Count; i++)
        {
            perfect.Add(Confident(task, rows.Labels[i], 3), rows.Labels[i], 1);
            arbitrary.Add(Confident(task, 0, (i * 7919 % 1000) - 500), rows.Labels[i], 1);
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
    public void Metrics_look_back_no_further_than_their_capacity()
    {
        var task = Create();
        var metrics = task.CreateMetrics(50);
        using var rows = Encode(task, 100);
        for (var i = 0; i < 100; i++)
            metrics.Add(Confident(task, rows.Labels[i], i < 50 ? -3 : 3), rows.Labels[i], 1);
        Assert.Equal(50, metrics.Count);
        Assert.Equal(1, metrics.Compute()[task.PrimaryMetric], 1e-9);
    }

    [Fact]
    public void It_learns_and_scores_by_what_it_learned_and_keeps_no_tensor()
    {
        var task = Create();
        using var rows = Encode(task, 64);
        using var learner = new Learner(task, new TrainingOptions { LearningRate = 3e-3 }, CPU, 1, 1);
        using var replica = new ScoringReplica(task, CPU, 1);
        var first = learner.Step(rows);
        var last = first;
        for (var i = 0; i < 60; i++)
            last = learner.Step(rows);
        Assert.InRange(last.MeanLoss, 0, first.MeanLoss / 2);

        var before = LiveTensors.Settled();
        using (var snapshot = learner.Publish())
            replica.Adopt(snapshot);
        var (outputs, hardness) = (new float[64 * task.OutputWidth], new float[64]);
        replica.Score(rows, [.. Enumerable.Range(0, 64)], outputs, hardness);
        LiveTensors.AssertAtMost(before);
        Assert.InRange(hardness.Average(), 0, first.Hardness.Average() / 2);
    }

    private static float[] Confident(IMiningTask task, int label, float confidence)
    {
        var outputs = new float[task.OutputWidth];
        outputs[task.OutputWidth == 1 ? 0 : label] = task.OutputWidth == 1 && label == 0 ? -confidence : confidence;
        return outputs;
    }

    private static float HardnessOf(IMiningTask task, float[] outputs, int label)
    {
        Span<float> hardness = [0];
        task.Hardness(outputs, [label], hardness);
        return hardness[0];
    }

    private RowBuffer Encode(IMiningTask task, int count)
    {
        var rows = new RowBuffer();
        for (var i = 0; i < count; i++)
            Assert.Null(task.Encode(Good(i), rows));
        return rows;
    }

    private void AssertRefused(Example example)
    {
        var task = Create();
        using var rows = new RowBuffer();
        Assert.Null(task.Encode(Good(1), rows));
        var bytes = rows.Bytes;
        var refusal = task.Encode(example, rows);
        Assert.NotNull(refusal);
        Assert.Matches("^[a-z]+(-[a-z]+)*$", refusal.Reason);
        Assert.NotEmpty(refusal.Detail);
        Assert.Equal((1, bytes), (rows.Count, rows.Bytes));

        // What was half written must not lie before the next row.
        Assert.Null(task.Encode(Good(2), rows));
        using var alone = new RowBuffer();
        Assert.Null(task.Encode(Good(2), alone));
        Assert.True(rows.Payload(1).SequenceEqual(alone.Payload(0)));
    }
}
