using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Replicas;

public sealed class ScoringReplicaTests
{
    [Theory]
    [InlineData(4096)]
    [InlineData(7)]
    [InlineData(1)]
    public void Scores_are_those_of_the_adopted_weights_whatever_the_rows_in_a_pass(int rowsPerPass)
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

        // The step's own forward pass is the independent witness.
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
    public void NaN_goes_through_to_the_hardness()
    {
        using var replica = new ScoringReplica(new VectorTask(), CPU, 1);
        using var rows = VectorTask.Row([float.NaN, 0, 0, 0]);
        Assert.True(float.IsNaN(Score(replica, rows, 1)[0]));
    }

    [Fact]
    public void No_rows_are_no_work()
    {
        using var replica = new ScoringReplica(new VectorTask(), CPU, 1);
        using var rows = VectorTask.Rows(1, seed: 1);
        Assert.Empty(Score(replica, rows, 0));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void Too_little_room_is_refused(int outputs, int hardness)
    {
        using var replica = new ScoringReplica(new VectorTask(), CPU, 1);
        using var rows = VectorTask.Rows(3, seed: 1);
        Assert.Throws<ArgumentException>(() => replica.Score(rows, [0, 1, 2], new float[outputs], new float[hardness]));
    }

    [Fact]
    public void A_snapshot_of_another_network_is_refused_and_the_version_stays()
    {
        using var other = new Learner(new VectorTask(() => new Mlp(4, [9], 1)), new TrainingOptions(), CPU, 1, 1);
        using var replica = new ScoringReplica(new VectorTask(), CPU, 1);
        using var snapshot = other.Publish();
        Assert.Throws<InvalidDataException>(() => replica.Adopt(snapshot));
        Assert.Equal(-1, replica.Version);
    }

    [Fact]
    public void Native_tensors_stay_the_same_number_over_200_steps_and_scores()
    {
        using var learner = new Learner(new VectorTask(), new TrainingOptions { WeightAveraging = 0.9, ClipNorm = 1 }, CPU, 1, 1);
        using var replica = new ScoringReplica(new VectorTask(rowsPerPass: 8), CPU, 1);
        using var rows = VectorTask.Rows(20, seed: 1);
        using var bad = VectorTask.Row([float.NaN, 0, 0, 0]);
        void Round()
        {
            learner.Step(rows);
            learner.Step(bad);
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
