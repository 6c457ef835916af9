using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Networks.EmbeddingBags;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning;

/// <summary>Tests of a learner whose network has a table of hashed rows, with two features per example computed from the four numbers.</summary>
public sealed class TableTests
{
    private static readonly TrainingOptions Plain = new() { Optimizer = "sgd", Momentum = 0, LearningRate = 1 };

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.05)]
    public void A_sparse_step_equals_a_dense_step(double clip)
    {
        var options = new TrainingOptions { Optimizer = "sgd", Momentum = 0, LearningRate = 1, ClipNorm = clip };
        using var byRows = new Learner(Task(sparse: true), options, CPU, 1, 1);
        using var dense = new Learner(Task(sparse: false), options, CPU, 1, 1);
        using (var snapshot = byRows.Current())
            dense.LoadWeights(snapshot.Tensors);
        using var rows = VectorTask.Rows(20, seed: 3);
        for (var step = 0; step < 3; step++)
        {
            var (a, b) = (byRows.Step(rows), dense.Step(rows));
            Assert.Equal(b.MeanLoss, a.MeanLoss, 1e-6f);
            Assert.Equal(b.GradientNorm, a.GradientNorm, 1e-6f);
        }

        foreach (var (x, y) in Weights(byRows).Zip(Weights(dense)))
            Assert.Equal(y, x, 1e-6f);
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("sgd")]
    [InlineData("schedule-free")]
    [InlineData("prodigy")]
    public void A_restored_learner_continues_with_the_same_bits(string optimizer)
    {
        var options = new TrainingOptions { Optimizer = optimizer, LearningRate = 0.05, WeightAveraging = 0.9 };
        using var uninterrupted = new Learner(Task(sparse: true), options, CPU, 1, 1);
        using var resumed = new Learner(Task(sparse: true), options, CPU, 2, 1);
        Train(uninterrupted, 0, 5);
        using (var state = uninterrupted.Capture())
            resumed.Restore(state);
        Train(uninterrupted, 5, 10);
        Train(resumed, 5, 10);
        Assert.Equal(Weights(uninterrupted), Weights(resumed));
    }

    [Fact]
    public void A_refused_step_changes_no_row()
    {
        using var learner = new Learner(Task(sparse: true), Plain, CPU, 1, 1);
        Train(learner, 0, 2);
        var before = Weights(learner);
        using var invalid = VectorTask.Row([1, 0, float.NaN, 0], label: 1);
        Assert.False(learner.Step(invalid).Applied);
        Assert.Equal(before, Weights(learner));
    }

    [Fact]
    public void A_replica_scores_like_the_learner_and_leaks_no_tensor()
    {
        using var learner = new Learner(Task(sparse: true), Plain, CPU, 1, 1);
        using var replica = new ScoringReplica(Task(sparse: true), CPU, 1);
        using var rows = VectorTask.Rows(20, seed: 3);
        Train(learner, 0, 2);
        var before = LiveTensors.Settled();
        for (var from = 0; from < 6; from += 2)
        {
            Train(learner, from, from + 2);
            using var snapshot = learner.Publish();
            replica.Adopt(snapshot);
        }

        var outputs = new float[20];
        replica.Score(rows, [.. Enumerable.Range(0, 20)], outputs, new float[20]);
        LiveTensors.AssertAtMost(before);
        Assert.Equal(learner.Step(rows).Hardness, outputs, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    private static void Train(Learner learner, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            using var rows = VectorTask.Rows(8, seed: step);
            Assert.True(learner.Step(rows).Applied);
        }
    }

    private static float[] Weights(Learner learner)
    {
        using var scope = NewDisposeScope();
        using var snapshot = learner.Current();
        return [.. snapshot.Tensors.OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => t.Value.contiguous().data<float>().ToArray())];
    }

    private static VectorTask Task(bool sparse) => new(() => new QuantizedNet(sparse));

    /// <summary>A network in which two of the four numbers select one of 8 buckets each and the other two are the weights.</summary>
    private sealed class QuantizedNet : nn.Module<Tensor, Tensor>
    {
        private readonly HashedBag? _bag;
        private readonly TorchSharp.Modules.Embedding? _dense;

        public QuantizedNet(bool sparse)
            : base(nameof(QuantizedNet))
        {
            if (sparse)
                register_module("bag", _bag = new HashedBag(16, 1, deviation: 0.5));
            else
                register_module("bag", nn.Sequential(("table", _dense = nn.Embedding(16, 1))));
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var buckets = ((input.narrow(1, 0, 2) + 1) * 3.99).floor() + tensor(new float[] { 0, 8 });
            var weights = input.narrow(1, 2, 2) + 2;
            var output = _bag is not null
                ? _bag.forward(stack([buckets, weights], 2))
                : (_dense!.forward(buckets.to(ScalarType.Int64)) * weights.unsqueeze(2)).sum(1);
            return output.MoveToOuterDisposeScope();
        }
    }
}
