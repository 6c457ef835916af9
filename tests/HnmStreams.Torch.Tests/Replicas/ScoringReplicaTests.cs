using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Networks.Tables;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Replicas;

public sealed class ScoringReplicaTests
{
    [Theory]
    [InlineData(4096)]
    [InlineData(7)]
    [InlineData(1)]
    public void Scores_with_the_adopted_weights_for_any_rows_per_pass(int rowsPerPass)
    {
        using var learner = new Learner(new VectorTask(), new TrainingOptions(), CPU, 3, 1);
        using var replica = new ScoringReplica(new VectorTask(rowsPerPass: rowsPerPass), CPU, 1);
        using var rows = VectorTask.Rows(50, seed: 9);
        Assert.Equal(-1, replica.Version);
        using (var snapshot = learner.Publish())
            replica.Adopt(snapshot);
        Assert.Equal(1, replica.Version);

        int[] indices = [.. Enumerable.Range(0, 50).Reverse().Where(i => i % 3 != 0)];
        var (outputs, hardness) = (new float[indices.Length], new float[indices.Length]);
        replica.Score(rows, indices, outputs, hardness);

        // The forward pass of the step is the independent reference.
        var expected = learner.Step(rows).Hardness;
        for (var i = 0; i < indices.Length; i++)
            Assert.Equal(expected[indices[i]], outputs[i], 1e-6f);
        Assert.Equal(outputs, hardness);
    }

    [Fact]
    public void Networks_score_in_evaluation_mode()
    {
        var task = new VectorTask(() => nn.Sequential(("drop", nn.Dropout(0.5)), ("out", nn.Linear(4, 1))));
        using var replica = new ScoringReplica(task, CPU, 1);
        using var rows = VectorTask.Rows(20, seed: 1);
        Assert.Equal(Score(replica, rows, 20), Score(replica, rows, 20));
    }

    [Fact]
    public void An_embedding_is_the_input_of_the_last_layer()
    {
        var task = new VectorTask(() => new Mlp(4, [6], 1));
        using var learner = new Learner(task, new TrainingOptions(), CPU, 3, 1);
        using var replica = new ScoringReplica(task, CPU, 1);
        using var rows = VectorTask.Rows(20, seed: 4);
        using var snapshot = learner.Publish();
        replica.Adopt(snapshot);
        int[] indices = [.. Enumerable.Range(0, 20)];
        Assert.Equal(6, replica.EmbeddingWidth);
        var embeddings = new float[20 * 6];
        replica.Embed(rows, indices, embeddings);
        var (weights, bias) = (snapshot.Tensors["layer1.weight"].data<float>().ToArray(), snapshot.Tensors["layer1.bias"].data<float>().ToArray());
        var expected = Score(replica, rows, 20);
        for (var i = 0; i < 20; i++)
            Assert.Equal(expected[i], bias[0] + Enumerable.Range(0, 6).Sum(j => weights[j] * embeddings[(i * 6) + j]), 1e-5f);
        Assert.Throws<ArgumentException>(() => replica.Embed(rows, indices, new float[5]));
    }

    [Fact]
    public void NaN_outputs_give_NaN_hardness()
    {
        using var replica = new ScoringReplica(new VectorTask(), CPU, 1);
        using var rows = VectorTask.Row([float.NaN, 0, 0, 0]);
        Assert.True(float.IsNaN(Score(replica, rows, 1)[0]));
    }

    [Fact]
    public void Scoring_no_rows_does_nothing()
    {
        using var replica = new ScoringReplica(new VectorTask(), CPU, 1);
        using var rows = VectorTask.Rows(1, seed: 1);
        Assert.Empty(Score(replica, rows, 0));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void Rejects_spans_that_are_too_short(int outputs, int hardness)
    {
        using var replica = new ScoringReplica(new VectorTask(), CPU, 1);
        using var rows = VectorTask.Rows(3, seed: 1);
        Assert.Throws<ArgumentException>(() => replica.Score(rows, [0, 1, 2], new float[outputs], new float[hardness]));
    }

    [Fact]
    public void A_snapshot_of_another_network_is_refused_and_the_version_is_unchanged()
    {
        using var other = new Learner(new VectorTask(() => new Mlp(4, [9], 1)), new TrainingOptions(), CPU, 1, 1);
        using var replica = new ScoringReplica(new VectorTask(), CPU, 1);
        using var snapshot = other.Publish();
        Assert.Throws<InvalidDataException>(() => replica.Adopt(snapshot));
        Assert.Equal(-1, replica.Version);
    }

    [Fact]
    public void The_number_of_native_tensors_is_constant_over_200_steps_and_scores()
    {
        using var learner = new Learner(new VectorTask(), new TrainingOptions { WeightAveraging = 0.9, ClipNorm = 1 }, CPU, 1, 1);
        using var replica = new ScoringReplica(new VectorTask(rowsPerPass: 8), CPU, 1);
        using var rows = VectorTask.Rows(20, seed: 1);
        using var invalid = VectorTask.Row([float.NaN, 0, 0, 0]);
        void Round()
        {
            learner.Step(rows);
            learner.Step(invalid);
            using var snapshot = learner.Publish();
            replica.Adopt(snapshot);
            Score(replica, rows, 20);
        }

        Round();
        var before = LiveTensors.Settled();
        for (var i = 0; i < 200; i++)
            Round();
        LiveTensors.AssertAtMost(before);
    }

    private static float[] Score(ScoringReplica replica, HnmStreams.Data.Rows.RowBuffer rows, int count)
    {
        var hardness = new float[count];
        replica.Score(rows, [.. Enumerable.Range(0, count)], new float[count], hardness);
        return hardness;
    }
}
