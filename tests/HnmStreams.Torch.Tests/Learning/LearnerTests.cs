using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Networks.Images;
using HnmStreams.Torch.Snapshots;
using HnmStreams.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning;

public sealed class LearnerTests
{
    private static readonly TrainingOptions Plain = new() { Optimizer = "sgd", Momentum = 0, LearningRate = 1 };

    [Theory]
    [InlineData("adam", 0.01)]
    [InlineData("sgd", 0.1)]
    [InlineData("schedule-free", 0.01)]
    [InlineData("prodigy", 100)]
    public void Learns_a_separable_task(string optimizer, double rate)
    {
        using var learner = Create(new TrainingOptions { Optimizer = optimizer, LearningRate = rate });
        using var rows = VectorTask.Rows(256, seed: 1);
        var first = learner.Step(rows);
        var last = first;
        for (var i = 0; i < 300; i++)
            last = learner.Step(rows);
        Assert.InRange(last.MeanLoss, 0, first.MeanLoss / 3);
        Assert.Equal((301, 0), (learner.Steps, learner.RefusedSteps));
    }

    [Fact]
    public void Weights_depend_on_the_seed_only()
    {
        float[] Trained(ulong seed)
        {
            using var learner = new Learner(new VectorTask(), new TrainingOptions(), CPU, seed, 1);
            using var rows = VectorTask.Rows(32, seed: 1);
            for (var i = 0; i < 10; i++)
                learner.Step(rows);
            return Weights(learner);
        }

        Assert.Equal(Trained(7), Trained(7));
        Assert.NotEqual(Trained(7), Trained(8));
    }

    [Fact]
    public void Creating_a_learner_does_not_change_the_generator_of_torch()
    {
        using var first = Create(Plain);
        using var scope = NewDisposeScope();
        var before = random.get_rng_state();
        using var second = Create(Plain);
        Assert.True(before.equal(random.get_rng_state()).all().item<bool>());
    }

    [Fact]
    public void A_step_returns_losses_hardness_and_mean_from_before_the_update()
    {
        using var learner = Create(Plain);
        using var rows = VectorTask.Rows(5, seed: 3);
        var outcome = learner.Step(rows);
        Assert.True(outcome.Applied);
        Assert.Null(outcome.Refusal);
        for (var i = 0; i < rows.Count; i++)
        {
            var z = rows.Labels[i] == 1 ? -outcome.Hardness[i] : outcome.Hardness[i];
            Assert.Equal(Math.Log(1 + Math.Exp(z)), outcome.Losses[i], 1e-5);
        }

        Assert.Equal(outcome.Losses.Average(), outcome.MeanLoss, 1e-6f);
    }

    [Fact]
    public void A_row_of_weight_three_counts_as_three_rows()
    {
        using var weighted = Create(Plain);
        using var repeated = Create(Plain);
        using var weightedRows = VectorTask.Row([1, 2, 3, 4], label: 1, weight: 3);
        weightedRows.Add(VectorTask.Row([-1, 0, 1, 0]).Payload(0), 0, 1);
        using var repeatedRows = VectorTask.Row([-1, 0, 1, 0], label: 0);
        for (var i = 0; i < 3; i++)
            repeatedRows.Add(weightedRows.Payload(0), 1, 1);
        var a = weighted.Step(weightedRows);
        var b = repeated.Step(repeatedRows);
        Assert.Equal(b.MeanLoss, a.MeanLoss, 1e-6f);
        Assert.Equal(b.GradientNorm, a.GradientNorm, 1e-5f);
        foreach (var (x, y) in Weights(weighted).Zip(Weights(repeated)))
            Assert.Equal(y, x, 1e-6f);
    }

    [Fact]
    public void Clipping_limits_the_gradient_norm_and_keeps_smaller_gradients()
    {
        using var unclipped = Create(Plain);
        using var rows = VectorTask.Rows(16, seed: 5);
        var norm = unclipped.Step(rows).GradientNorm;
        Assert.Equal(norm, DistanceMoved(new TrainingOptions { Optimizer = "sgd", Momentum = 0, LearningRate = 1, ClipNorm = norm * 2 }, rows), 1e-5);
        Assert.Equal(norm / 4, DistanceMoved(new TrainingOptions { Optimizer = "sgd", Momentum = 0, LearningRate = 1, ClipNorm = norm / 4 }, rows), 1e-5);
    }

    [Theory]
    [InlineData("adam", float.NaN)]
    [InlineData("adam", float.PositiveInfinity)]
    [InlineData("sgd", float.NaN)]
    [InlineData("schedule-free", float.NaN)]
    [InlineData("prodigy", float.NaN)]
    public void A_step_with_NaN_or_infinity_is_refused_counted_and_changes_nothing(string optimizer, float poison)
    {
        var options = new TrainingOptions { Optimizer = optimizer, WeightAveraging = 0.9 };
        using var learner = Create(options);
        using var reference = Create(options);
        using var rows = VectorTask.Rows(16, seed: 5);
        using var invalid = VectorTask.Row([1, poison, 0, 0], label: 1);
        learner.Step(rows);
        reference.Step(rows);
        var outcome = learner.Step(invalid);
        Assert.False(outcome.Applied);
        Assert.NotNull(outcome.Refusal);
        learner.Step(rows);
        reference.Step(rows);
        Assert.Equal(Weights(reference), Weights(learner));
        Assert.Equal((2, 1), (learner.Steps, learner.RefusedSteps));
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_refused_even_if_the_loss_is_finite()
    {
        // The square root has an infinite slope at 0.
        using var learner = new Learner(new VectorTask(() => new RootNet()), Plain, CPU, 1, 1);
        var before = Weights(learner);
        using var rows = VectorTask.Row([0, 0, 0, 0], label: 1);
        var outcome = learner.Step(rows);
        Assert.True(float.IsFinite(outcome.MeanLoss));
        Assert.False(outcome.Applied);
        Assert.Contains("gradient", outcome.Refusal, StringComparison.Ordinal);
        Assert.Equal(before, Weights(learner));
    }

    [Fact]
    public void A_refused_step_does_not_change_running_statistics()
    {
        using var learner = new Learner(new VectorTask(() => nn.Sequential(("norm", nn.BatchNorm1d(4)), ("out", nn.Linear(4, 1)))), Plain, CPU, 1, 1);
        using var rows = VectorTask.Rows(8, seed: 1);
        learner.Step(rows);
        var before = Weights(learner);
        using var invalid = VectorTask.Rows(8, seed: 2);
        invalid.Add(VectorTask.Row([float.NaN, 0, 0, 0]).Payload(0), 0, 1);
        Assert.False(learner.Step(invalid).Applied);
        Assert.Equal(before, Weights(learner));
    }

    [Fact]
    public void Published_versions_increase_and_are_immutable()
    {
        using var learner = Create(Plain);
        using var rows = VectorTask.Rows(16, seed: 5);
        using var initial = learner.Current();
        learner.Step(rows);
        using var first = learner.Publish();
        var firstWeights = Flat(first);
        learner.Step(rows);
        using var second = learner.Publish();
        Assert.Equal((0, 1, 2, 2), (initial.Version, first.Version, second.Version, learner.Version));
        Assert.Equal(firstWeights, Flat(first));
        Assert.NotEqual(firstWeights, Flat(second));
        Assert.All(second.Tensors.Values, t => Assert.False(t.requires_grad));
    }

    [Fact]
    public void Published_weights_keep_their_memory_order()
    {
        using var learner = new Learner(new VectorTask(() => new SmallConvNet(3, 8, 8, 1)), Plain, CPU, 1, 1);
        using var snapshot = learner.Publish();
        Assert.Equal([144, 1, 48, 16], snapshot.Tensors["convolution2.weight"].stride());
    }

    [Fact]
    public void Averaged_weights_are_published_instead_of_the_last_ones()
    {
        using var averaged = Create(new TrainingOptions { Optimizer = "sgd", Momentum = 0, LearningRate = 1, WeightAveraging = 0.15 });
        using var last = Create(Plain);
        using var rows = VectorTask.Rows(16, seed: 5);
        var expected = Weights(last);
        for (var step = 0; step < 5; step++)
        {
            averaged.Step(rows);
            last.Step(rows);
            var decay = Math.Min(0.15, (1.0 + step) / (10.0 + step));
            expected = [.. expected.Zip(Weights(last), (average, weight) => (float)((decay * average) + ((1 - decay) * weight)))];
        }

        foreach (var (x, y) in expected.Zip(Weights(averaged)))
            Assert.Equal(x, y, 1e-5f);
    }

    [Fact]
    public void The_schedule_free_average_is_published_and_saved_and_an_interrupted_run_continues_with_the_same_bits()
    {
        var options = new TrainingOptions { Optimizer = "schedule-free", LearningRate = 0.05 };
        using var uninterrupted = Create(options);
        using var resumed = Create(options, seed: 2);
        using var rows = VectorTask.Rows(16, seed: 5);
        for (var i = 0; i < 7; i++)
            uninterrupted.Step(rows);
        using (var state = uninterrupted.Capture())
        {
            Assert.Equal(Weights(uninterrupted), Flat(state.Weights));
            resumed.Restore(state);
        }

        for (var i = 0; i < 7; i++)
        {
            var (expected, actual) = (uninterrupted.Step(rows), resumed.Step(rows));
            // The losses are those of the trained weights, which are not saved.
            Assert.Equal(expected.Losses, actual.Losses);
        }

        Assert.Equal(Weights(uninterrupted), Weights(resumed));
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("schedule-free")]
    [InlineData("prodigy")]
    public void Weights_are_loaded_by_name(string optimizer)
    {
        using var source = Create(Plain, seed: 1);
        using var target = Create(new TrainingOptions { Optimizer = optimizer, WeightAveraging = 0.9 }, seed: 2);
        using var snapshot = source.Current();
        target.LoadWeights(snapshot.Tensors);
        Assert.Equal(Weights(source), Weights(target));
        Assert.Equal(0, target.Version);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("unknown")]
    [InlineData("shape")]
    [InlineData("NaN")]
    [InlineData("infinite")]
    public void Weights_that_do_not_fit_are_refused_and_change_nothing(string problem)
    {
        using var learner = Create(Plain);
        using var snapshot = learner.Current();
        using var scope = NewDisposeScope();
        var weights = snapshot.Tensors.ToDictionary(t => t.Key, t => zeros_like(t.Value), StringComparer.Ordinal);
        switch (problem)
        {
            case "missing": weights.Remove("layer1.bias"); break;
            case "unknown": weights.Add("layer9.bias", zeros(1)); break;
            case "NaN": weights["layer1.bias"][0] = float.NaN; break;
            case "infinite": weights["layer1.bias"][0] = float.NegativeInfinity; break;
            default: weights["layer1.bias"] = zeros(2); break;
        }

        var error = Assert.Throws<InvalidDataException>(() => learner.LoadWeights(weights));
        Assert.Contains(problem == "unknown" ? "layer9.bias" : "layer1.bias", error.Message, StringComparison.Ordinal);
        Assert.Equal(Flat(snapshot), Weights(learner));
    }

    [Fact]
    public void Rejects_a_step_without_rows()
    {
        using var learner = Create(Plain);
        using var rows = VectorTask.Rows(0, seed: 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => learner.Step(rows));
    }

    private static Learner Create(TrainingOptions options, ulong seed = 1) => new(new VectorTask(), options, CPU, seed, 1);

    private static float[] Weights(Learner learner)
    {
        using var snapshot = learner.Current();
        return Flat(snapshot);
    }

    private static float[] Flat(ModelSnapshot snapshot) => Flat(snapshot.Tensors);

    private static float[] Flat(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        return [.. tensors.OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => t.Value.to(float32).contiguous().data<float>().ToArray())];
    }

    private static double DistanceMoved(TrainingOptions options, HnmStreams.Data.Rows.RowBuffer rows)
    {
        using var learner = Create(options);
        var before = Weights(learner);
        learner.Step(rows);
        return Math.Sqrt(before.Zip(Weights(learner), (a, b) => (double)(a - b) * (a - b)).Sum());
    }

    private sealed class RootNet : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _weight = new(ones(4, 1));

        public RootNet()
            : base(nameof(RootNet)) => register_parameter("weight", _weight);

        public override Tensor forward(Tensor input) => input.mm(_weight).abs().sqrt();
    }
}
