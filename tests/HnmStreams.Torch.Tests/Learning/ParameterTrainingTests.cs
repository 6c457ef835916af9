using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning;

/// <summary>Tests of learning rates and first steps of single parameters.</summary>
public sealed class ParameterTrainingTests
{
    private const string First = "layer0.weight";

    [Theory]
    [InlineData("adam")]
    [InlineData("sgd")]
    public void A_frozen_parameter_keeps_its_value(string optimizer)
    {
        using var learner = Create(optimizer, static name => name is First ? ParameterTraining.Frozen : ParameterTraining.Full);
        var before = Weights(learner);
        Train(learner, 5);
        var after = Weights(learner);
        Assert.Equal(before[First], after[First]);
        Assert.NotEqual(before["layer0.bias"], after["layer0.bias"]);
        Assert.NotEqual(before["layer1.weight"], after["layer1.weight"]);
        using var state = learner.Capture();
        Assert.DoesNotContain(state.Tensors.Keys, static key => key.StartsWith($"optimizer/{First}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("sgd")]
    public void A_parameter_is_trained_from_its_first_step(string optimizer)
    {
        using var learner = Create(optimizer, static name => name is First ? new ParameterTraining(1, 3) : ParameterTraining.Full);
        var before = Weights(learner)[First];
        Train(learner, 3);
        Assert.Equal(before, Weights(learner)[First]);
        Train(learner, 1);
        Assert.NotEqual(before, Weights(learner)[First]);
    }

    [Fact]
    public void The_first_step_of_adam_after_unfreezing_has_the_length_of_the_learning_rate()
    {
        using var learner = Create("adam", static name => name is First ? new ParameterTraining(0.5, 50) : ParameterTraining.Full);
        Train(learner, 50);
        var before = Weights(learner)[First];
        Train(learner, 1);
        var lengths = Weights(learner)[First].Zip(before, static (a, b) => Math.Abs(a - b)).Where(static length => length > 0);
        Assert.All(lengths, static length => Assert.Equal(0.5 * 0.01, length, 1e-4));
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("sgd")]
    public void The_first_change_is_proportional_to_the_factor(string optimizer)
    {
        float[] Change(double factor)
        {
            using var learner = Create(optimizer, name => name is First ? new ParameterTraining(factor, 0) : ParameterTraining.Full);
            var before = Weights(learner)[First];
            Train(learner, 1);
            return [.. Weights(learner)[First].Zip(before, static (a, b) => a - b)];
        }

        Assert.All(Change(1).Zip(Change(0.25)), static pair => Assert.Equal(pair.First * 0.25, pair.Second, 1e-6));
    }

    [Fact]
    public void A_learner_that_is_restored_before_unfreezing_ends_with_the_same_bits()
    {
        static ParameterTraining Training(string name) => name is First ? new ParameterTraining(0.5, 6) : ParameterTraining.Full;
        using var whole = Create("adam", Training);
        Train(whole, 10);
        using var first = Create("adam", Training);
        Train(first, 4);
        using var state = first.Capture();
        using var second = Create("adam", Training);
        second.Restore(state);
        Train(second, 6, from: 4);
        Assert.Equal(Weights(whole)[First], Weights(second)[First]);
    }

    [Theory]
    [InlineData("schedule-free")]
    [InlineData("prodigy")]
    public void Optimizers_without_rates_per_parameter_refuse_them(string optimizer)
    {
        var error = Assert.Throws<ArgumentException>(() => Create(optimizer, static name => name is First ? new ParameterTraining(0.5, 0) : ParameterTraining.Full));
        Assert.Contains("must be adam or sgd", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_of_which_nothing_is_trained_at_first_is_refused() =>
        Assert.Throws<ArgumentException>(static () => Create("adam", static _ => new ParameterTraining(1, 1)));

    private static Learner Create(string optimizer, Func<string, ParameterTraining> training) =>
        new(new PartlyTrained(training), new TrainingOptions { Optimizer = optimizer, LearningRate = 0.01 }, CPU, seed: 5, threads: 1);

    private static void Train(Learner learner, int steps, int from = 0)
    {
        for (var i = from; i < from + steps; i++)
        {
            using var rows = VectorTask.Rows(16, seed: i);
            Assert.True(learner.Step(rows).Applied);
        }
    }

    private static Dictionary<string, float[]> Weights(Learner learner)
    {
        using var snapshot = learner.Current();
        return snapshot.Tensors.ToDictionary(static t => t.Key, static t => t.Value.contiguous().data<float>().ToArray(), StringComparer.Ordinal);
    }

    private sealed class PartlyTrained(Func<string, ParameterTraining> training) : ILearningTask
    {
        private readonly VectorTask _task = new();

        public string Name => _task.Name;

        public int OutputWidth => _task.OutputWidth;

        public ParameterTraining TrainingOf(string parameter) => training(parameter);

        public Rejection? Encode(Example example, RowBuffer rows) => _task.Encode(example, rows);

        public nn.Module<Tensor, Tensor> CreateNetwork() => _task.CreateNetwork();

        public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices) => _task.Collate(rows, indices);

        public Tensor Loss(Tensor outputs, Tensor targets) => _task.Loss(outputs, targets);

        public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness) => _task.Hardness(outputs, rows, indices, hardness);
    }
}
