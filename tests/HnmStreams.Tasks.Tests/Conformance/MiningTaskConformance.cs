using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Conformance;

/// <summary>
/// Tests that every task must pass. The tests of a new task derive from this class, or from a more specific one, and
/// supply its examples.
/// </summary>
public abstract class MiningTaskConformance
{
    public static TheoryData<string> InputKinds => ["text", "features", "image", "empty image", "no dimensions", "negative", "huge", "bytes", "floats"];

    public static TheoryData<string> TargetKinds => ["identity", "boxes", "label", "index"];

    /// <summary>The kinds of <see cref="InputKinds"/> that this task supports.</summary>
    protected virtual IReadOnlyList<string> SupportedInputs => [];

    /// <summary>True if the model is a user's own and its texts are padded to the longest one of a pass, which may change the rounding of their outputs.</summary>
    protected virtual bool PadsTexts => false;

    /// <summary>The kinds of <see cref="TargetKinds"/> that this task supports.</summary>
    protected virtual IReadOnlyList<string> SupportedTargets => [];

    protected abstract IMiningTask Create();

    /// <summary>Returns a valid example. Its target must follow from its input, and several targets must occur.</summary>
    protected abstract Example ValidExample(int index);

    [Fact]
    public void Predictions_do_not_depend_on_the_rows_that_are_predicted_together()
    {
        const int Count = 50;
        var task = Create();
        using var rows = Encode(task, Count);
        using var learner = new Learner(task, new TrainingOptions(), CPU, 3, 1);
        using var replica = new ScoringReplica(task, CPU, 1);
        using (var snapshot = learner.Publish())
            replica.Adopt(snapshot);
        var (together, single) = (new float[Count * task.OutputWidth], new float[task.OutputWidth]);
        int[] indices = [.. Enumerable.Range(0, Count).Reverse()];
        replica.Predict(rows, indices, together);
        for (var i = 0; i < Count; i++)
        {
            replica.Predict(rows, [indices[i]], single);
            var output = together.AsSpan(i * task.OutputWidth, task.OutputWidth).ToArray();
            if (PadsTexts)
                Assert.All(single, (value, at) => Assert.Equal(value, output[at], 1e-5f));
            else
                Assert.Equal(single.Select(BitConverter.SingleToInt32Bits), output.Select(BitConverter.SingleToInt32Bits));
        }

        Assert.Throws<ArgumentException>(() => replica.Predict(rows, [0], []));
    }

    [Fact]
    public void A_step_in_parts_equals_a_step_on_the_whole_batch_or_is_refused()
    {
        var task = Create();
        using var rows = Encode(task, 20);
        var options = new TrainingOptions { Optimizer = "sgd", Momentum = 0, LearningRate = 0.1 };
        using var whole = new Learner(task, options, CPU, 3, 1);
        using var start = whole.Current();
        Learner parts;
        try
        {
            parts = new Learner(task, new TrainingOptions { Optimizer = "sgd", Momentum = 0, LearningRate = 0.1, RowsPerPass = 3 }, CPU, 3, 1);
        }
        catch (ArgumentException e)
        {
            var reason = task.ModelFile is null ? "its network computes statistics over the rows of a batch" : "its loss compares the rows of a batch";
            Assert.StartsWith($"'pipeline.training.rowsPerPass' must be 0 for the task {task.Name} but is 3: {reason}", e.Message, StringComparison.Ordinal);
            return;
        }

        using (parts)
        {
            var (expected, outcome) = (whole.Step(rows), parts.Step(rows));
            Assert.Equal(expected.MeanLoss, outcome.MeanLoss, 1e-4f);
            Assert.Equal(expected.GradientNorm, outcome.GradientNorm, Math.Max(1e-4f, 1e-3f * expected.GradientNorm));
            using var scope = NewDisposeScope();
            using var x = whole.Current();
            using var y = parts.Current();
            // The user's model counts its forward passes.
            var trained = x.Tensors.Where(t => t.Value.is_floating_point() && (task.ModelFile is null || t.Key != "steps")).ToArray();
            var largest = trained.Max(t => (t.Value - start.Tensors[t.Key]).abs().max().item<float>());
            foreach (var (name, tensor) in trained)
                Assert.InRange((tensor - y.Tensors[name]).abs().max().item<float>(), 0, Math.Max(1e-6f, 1e-3f * largest));
        }
    }

    [Fact]
    public void The_name_is_one_lower_case_word() => Assert.Matches("^[a-z][a-z0-9-]*$", Create().Name);

    [Fact]
    public void A_valid_example_becomes_exactly_one_row_with_its_weight()
    {
        var task = Create();
        using var rows = new RowBuffer();
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(task.Encode(ValidExample(i) with { Weight = i + 1 }, rows));
            Assert.Equal(i + 1, rows.Count);
            Assert.Equal(i + 1, rows.Weights[i]);
        }
    }

    [Fact]
    public void A_row_has_a_preview_and_its_label_has_a_name()
    {
        var task = Create();
        using var rows = new RowBuffer();
        Assert.Null(task.Encode(ValidExample(0), rows));
        var view = task.View(rows.Payload(0));
        Assert.True(view.Png is { Length: > 50 } ^ view.Text is { Length: > 0 });
        Assert.NotEqual("", task.LabelName(rows.Labels[0]));
        Assert.Throws<InvalidDataException>(() => task.View(rows.Payload(0)[1..]));
    }

    [Theory]
    [MemberData(nameof(InputKinds))]
    public void An_unsupported_input_is_rejected_with_a_code_and_a_detail_and_leaves_no_row(string kind)
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
        if (!SupportedInputs.Contains(kind, StringComparer.Ordinal))
            AssertRefused(ValidExample(0) with { Input = input });
        else
            AssertAccepted(ValidExample(0) with { Input = input });
    }

    [Theory]
    [MemberData(nameof(TargetKinds))]
    public void An_unsupported_target_is_rejected(string kind)
    {
        Target target = kind switch
        {
            "boxes" => new Target.Boxes([]),
            "identity" => new Target.Identity("a person"),
            "label" => new Target.Label("an unknown label"),
            _ => new Target.ClassIndex(int.MaxValue),
        };
        if (!SupportedTargets.Contains(kind, StringComparer.Ordinal))
            AssertRefused(ValidExample(0) with { Target = target });
        else
            AssertAccepted(ValidExample(0) with { Target = target });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Rejects_an_invalid_example_weight(float weight) => AssertRefused(ValidExample(0) with { Weight = weight });

    [Fact]
    public void Encoding_is_thread_safe()
    {
        var task = Create();
        using var alone = Encode(task, 200);
        Parallel.For(0, 4, _ =>
        {
            using var concurrent = Encode(task, 200);
            for (var i = 0; i < 200; i++)
                Assert.True(alone.Payload(i).SequenceEqual(concurrent.Payload(i)));
            Assert.True(alone.Labels.SequenceEqual(concurrent.Labels));
        });
    }

    [Fact]
    public void The_network_accepts_collated_rows_and_returns_the_output_width()
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
    public void The_loss_has_one_differentiable_value_per_example()
    {
        using var scope = NewDisposeScope();
        var task = Create();
        using var rows = Encode(task, 6);
        using var network = task.CreateNetwork();
        var outputs = network.forward(task.Collate(rows, [0, 1, 2, 3, 4, 5])).detach().requires_grad_();
        var loss = task.Loss(outputs, task.CollateTargets(rows, [0, 1, 2, 3, 4, 5]));
        Assert.Equal([6], loss.shape);
        Assert.True(loss.ge(0).all().item<bool>());
        Assert.True(loss.sum().gt(0).item<bool>());
        var gradient = autograd.grad([loss.sum()], [outputs])[0];
        Assert.True(gradient.isfinite().all().item<bool>());
        Assert.True(gradient.abs().sum().gt(0).item<bool>());
    }

    [Fact]
    public void Hardness_of_NaN_is_NaN()
    {
        var task = Create();
        var outputs = new float[task.OutputWidth];
        outputs[^1] = float.NaN;
        using var rows = Encode(task, 1);
        Assert.True(float.IsNaN(HardnessOf(task, outputs, rows, 0)));
    }

    [Fact]
    public void Learns_and_scores_with_the_learned_weights_and_leaks_no_tensor()
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

    private protected RowBuffer Encode(IMiningTask task, int count)
    {
        var rows = new RowBuffer();
        for (var i = 0; i < count; i++)
            Assert.Null(task.Encode(ValidExample(i), rows));
        task.FinishRows(rows);
        return rows;
    }

    [Fact]
    public void Finished_rows_stay_as_they_are_and_keep_labels_weights_and_previews()
    {
        var task = Create();
        using var rows = new RowBuffer();
        for (var i = 0; i < 5; i++)
            Assert.Null(task.Encode(ValidExample(i) with { Weight = i + 1 }, rows));
        var labels = rows.Labels.ToArray();
        var previews = Enumerable.Range(0, 5).Select(i => task.View(rows.Payload(i))).ToArray();
        task.FinishRows(rows);
        Assert.Equal(labels, rows.Labels.ToArray());
        Assert.Equal([1, 2, 3, 4, 5], rows.Weights.ToArray());
        var finished = Enumerable.Range(0, 5).Select(i => rows.Payload(i).ToArray()).ToArray();
        task.FinishRows(rows, isExact: true);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(finished[i], rows.Payload(i).ToArray());
            Assert.Equal((previews[i].Text, previews[i].Png?.Length), (task.View(rows.Payload(i)).Text, task.View(rows.Payload(i)).Png?.Length));
        }
    }

    private protected static float HardnessOf(IMiningTask task, float[] outputs, RowBuffer rows, int row)
    {
        Span<float> hardness = [0];
        task.Hardness(outputs, rows, [row], hardness);
        return hardness[0];
    }

    private void AssertAccepted(Example example)
    {
        using var rows = new RowBuffer();
        Assert.Null(Create().Encode(example, rows));
        Assert.Equal(1, rows.Count);
    }

    private void AssertRefused(Example example)
    {
        var task = Create();
        using var rows = new RowBuffer();
        Assert.Null(task.Encode(ValidExample(1), rows));
        var bytes = rows.Bytes;
        var rejection = task.Encode(example, rows);
        Assert.NotNull(rejection);
        Assert.Matches("^[a-z]+(-[a-z]+)*$", rejection.Reason);
        Assert.NotEmpty(rejection.Detail);
        Assert.Equal((1, bytes), (rows.Count, rows.Bytes));

        // A partly written row must not precede the next row.
        Assert.Null(task.Encode(ValidExample(2), rows));
        using var alone = new RowBuffer();
        Assert.Null(task.Encode(ValidExample(2), alone));
        Assert.True(rows.Payload(1).SequenceEqual(alone.Payload(0)));
    }
}
