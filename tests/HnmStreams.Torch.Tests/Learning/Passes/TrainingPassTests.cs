using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Losses.Embeddings;
using HnmStreams.Torch.Networks.EmbeddingBags;
using HnmStreams.Torch.Networks.Tables;
using HnmStreams.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning.Passes;

/// <summary>Tests of steps whose batch is processed in parts. They compare with a step on the whole batch, and with a gradient that is computed without the learner.</summary>
public sealed class TrainingPassTests
{
    public static TheoryData<string> Losses => ["multi-similarity", "contrastive", "info-nce", "batch-all", "batch-hard", "semi-hard", "batch-random"];

    [Theory]
    [InlineData(1, false)]
    [InlineData(7, false)]
    [InlineData(32, false)]
    [InlineData(1, true)]
    [InlineData(7, true)]
    public void A_weighted_step_in_parts_equals_the_step_on_the_whole_batch(int rowsPerPass, bool couplesRows)
    {
        using var whole = Create(Task(couplesRows), 0);
        using var parts = Create(Task(couplesRows), rowsPerPass);
        for (var step = 0; step < 4; step++)
        {
            using var rows = VectorTask.Rows(20, seed: step);
            for (var row = 0; row < 13; row++)
                rows.Add(rows.Payload(row), 1 - rows.Labels[row], 0.1f + row);
            var (a, b) = (whole.Step(rows), parts.Step(rows));
            Assert.True(b.Applied);
            Assert.Equal(a.MeanLoss, b.MeanLoss, 1e-6f);
            Assert.Equal(a.GradientNorm, b.GradientNorm, 1e-6f);
            Assert.Equal(a.Losses, b.Losses, (x, y) => Math.Abs(x - y) < 1e-6);
            Assert.Equal(a.Hardness, b.Hardness, (x, y) => Math.Abs(x - y) < 1e-6);
            Assert.Equal(a.Terms, b.Terms);
        }

        AssertSameWeights(whole, parts);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_loss_that_compares_rows_has_the_gradient_of_the_whole_batch(string loss)
    {
        // The memory becomes a partner of the second step.
        using var whole = Create(new PairsTask(12, Loss(loss)), 0);
        using var parts = Create(new PairsTask(12, Loss(loss)), 4);
        for (var step = 0; step < 3; step++)
        {
            using var rows = PairsTask.Rows(step);
            var (a, b) = (whole.Step(rows), parts.Step(rows));
            Assert.Equal(a.MeanLoss, b.MeanLoss, 1e-5f);
            Assert.Equal(a.GradientNorm, b.GradientNorm, 1e-4f);
            Assert.Equal(a.Embeddings, b.Embeddings, (x, y) => Math.Abs(x - y) < 1e-4);
        }

        AssertSameWeights(whole, parts, 1e-4f);
    }

    [Theory]
    [InlineData("contrastive")]
    [InlineData("batch-hard")]
    public void The_gradient_of_a_loss_that_compares_rows_is_that_of_its_definition(string name)
    {
        var loss = Loss(name);
        using var parts = Create(new PairsTask(0, loss), 2);
        using var rows = PairsTask.Rows(3);
        using var scope = NewDisposeScope();
        using var start = parts.Current();
        Assert.True(parts.Step(rows).Applied);
        using var end = parts.Current();
        var (weight, bias) = (start.Tensors["weight"].clone().requires_grad_(true), start.Tensors["bias"].clone().requires_grad_(true));
        var outputs = new PairsTask(0).Collate(rows, [.. Enumerable.Range(0, rows.Count)]).mm(weight.t()) + bias;
        loss.PerAnchor(outputs, tensor(rows.Labels.ToArray().Select(static label => (long)label).ToArray())).mean().backward();
        Assert.InRange(weight.grad!.abs().max().item<float>(), 1e-3f, 1e3f);
        // The learning rate is 0.05.
        Assert.InRange((start.Tensors["weight"] - (weight.grad * 0.05) - end.Tensors["weight"]).abs().max().item<float>(), 0, 1e-5f);
        Assert.InRange((start.Tensors["bias"] - (bias.grad! * 0.05) - end.Tensors["bias"]).abs().max().item<float>(), 0, 1e-5f);
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    public void Rows_of_a_table_that_occur_in_several_parts_have_the_sum_of_their_gradients(string optimizer)
    {
        using var whole = Create(BagTask(), 0, optimizer);
        using var parts = Create(BagTask(), 3, optimizer);
        for (var step = 0; step < 4; step++)
        {
            using var rows = VectorTask.Rows(10, seed: step);
            Assert.Equal(whole.Step(rows).GradientNorm, parts.Step(rows).GradientNorm, 1e-6f);
        }

        AssertSameWeights(whole, parts, 1e-5f);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loss_that_is_not_finite_is_refused_and_changes_nothing(bool couplesRows)
    {
        using var learner = Create(Task(couplesRows), 4);
        using var reference = Create(Task(couplesRows), 4);
        using var rows = VectorTask.Rows(16, seed: 5);
        using var invalid = VectorTask.Rows(16, seed: 6);
        invalid.Add(VectorTask.Row([1, float.NaN, 0, 0]).Payload(0), 1, 1);
        learner.Step(rows);
        reference.Step(rows);
        var outcome = learner.Step(invalid);
        Assert.Equal((false, "The loss is not finite."), (outcome.Applied, outcome.Refusal));
        Assert.Equal(17, outcome.Losses.Length);
        learner.Step(rows);
        reference.Step(rows);
        AssertSameWeights(reference, learner, 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steps_in_parts_are_reproducible_and_leak_no_tensor(bool couplesRows)
    {
        using var first = Create(Task(couplesRows), 4);
        using var second = Create(Task(couplesRows), 4);
        using var rows = VectorTask.Rows(30, seed: 5);
        first.Step(rows);
        second.Step(rows);
        var before = LiveTensors.Settled();
        for (var step = 0; step < 5; step++)
        {
            first.Step(rows);
            second.Step(rows);
        }

        LiveTensors.AssertAtMost(before);
        AssertSameWeights(first, second, 0);
    }

    [Fact]
    public void A_network_with_statistics_of_batches_is_refused()
    {
        var task = new VectorTask(() => nn.Sequential(("norm", nn.BatchNorm1d(4)), ("out", nn.Linear(4, 1))));
        var error = Assert.Throws<ArgumentException>(() => Create(task, 4));
        Assert.Contains("'pipeline.training.rowsPerPass' must be 0 for the task vectors but is 4: its network computes statistics over the rows of a batch ('norm.running_mean')", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_with_dropout_is_refused_if_its_outputs_would_be_computed_twice()
    {
        static nn.Module<Tensor, Tensor> Network() => nn.Sequential(("drop", nn.Dropout(0.5)), ("out", nn.Linear(4, 1)));
        Assert.Contains("its network draws random numbers (dropout)", Assert.Throws<ArgumentException>(() => Create(new VectorTask(Network) { LossCouplesRows = true }, 4)).Message, StringComparison.Ordinal);
        using var learner = Create(new VectorTask(Network) { LossCouplesRows = false }, 4);
        using var rows = VectorTask.Rows(16, seed: 5);
        Assert.True(learner.Step(rows).Applied);
    }

    private static VectorTask Task(bool couplesRows) => new(() => new Mlp(VectorTask.Features, [8], 1)) { LossCouplesRows = couplesRows };

    private static VectorTask BagTask() => new(static () => new BucketNet()) { LossCouplesRows = false };

    private static Learner Create(ILearningTask task, int rowsPerPass, string optimizer = "sgd") =>
        new(task, new TrainingOptions { Optimizer = optimizer, Momentum = 0, LearningRate = 0.05, RowsPerPass = rowsPerPass }, CPU, 1, 1);

    private static IEmbeddingLoss Loss(string name) => name switch
    {
        "multi-similarity" => new MultiSimilarityLoss(),
        "contrastive" => new ContrastiveLoss(1),
        "info-nce" => new InfoNceLoss(0.5),
        "batch-all" => new TripletLoss(TripletMining.BatchAll, 0.2),
        "batch-hard" => new TripletLoss(TripletMining.BatchHard, 0.2),
        "semi-hard" => new TripletLoss(TripletMining.SemiHard, 0.2),
        _ => new TripletLoss(TripletMining.BatchRandom, 0.2),
    };

    private static void AssertSameWeights(Learner expected, Learner actual, float tolerance = 1e-6f)
    {
        using var scope = NewDisposeScope();
        using var a = expected.Current();
        using var b = actual.Current();
        foreach (var (name, tensor) in a.Tensors)
            Assert.InRange((tensor - b.Tensors[name]).abs().max().item<float>(), 0, tolerance);
    }

    /// <summary>A network with a table of sparse gradients: two of the four numbers select one of 8 buckets each.</summary>
    private sealed class BucketNet : nn.Module<Tensor, Tensor>
    {
        private readonly HashedBag _bag = new(16, 1, deviation: 0.5);

        public BucketNet()
            : base(nameof(BucketNet)) => register_module("bag", _bag);

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var buckets = ((input.narrow(1, 0, 2) + 1) * 3.99).floor() + tensor(new float[] { 0, 8 });
            return _bag.forward(stack([buckets, input.narrow(1, 2, 2) + 2], 2)).MoveToOuterDisposeScope();
        }
    }
}
