using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Networks.Tables;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks;

/// <summary>A TorchScript file in place of a task's network.</summary>
public sealed class TorchScriptModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-own-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_trained_as_the_same_network_made_here_would_be()
    {
        var options = new TrainingOptions { Optimizer = "sgd", LearningRate = 0.1 };
        using var own = new Learner(new VectorTask { ModelFile = Perceptron() }, options, CPU, 1, 1);
        using var same = new Learner(new VectorTask(() => new Mlp(VectorTask.Features, [8], 1)), options, CPU, 1, 1);
        using (var start = own.Current())
        {
            var names = new Dictionary<string, string>(StringComparer.Ordinal) { ["layer0.weight"] = "w1", ["layer0.bias"] = "b1", ["layer1.weight"] = "w2", ["layer1.bias"] = "b2" };
            same.LoadWeights(names.ToDictionary(n => n.Key, n => start.Tensors[n.Value], StringComparer.Ordinal));
        }

        using var rows = VectorTask.Rows(20, seed: 3);
        for (var i = 0; i < 10; i++)
            Assert.Equal(same.Step(rows).MeanLoss, own.Step(rows).MeanLoss, 1e-5f);
        using var end = own.Current();
        Assert.Equal([7, 8], end.Tensors["unused"].data<float>().ToArray());
        Assert.Equal(10, end.Tensors["steps"].item<float>());
    }

    [Fact]
    public void A_replica_scores_by_what_the_learner_made_of_it()
    {
        var task = new VectorTask { ModelFile = Perceptron() };
        using var learner = new Learner(task, new TrainingOptions { LearningRate = 0.05 }, CPU, 1, 1);
        using var replica = new ScoringReplica(task, CPU, 1);
        using var rows = VectorTask.Rows(20, seed: 3);
        for (var i = 0; i < 5; i++)
            learner.Step(rows);
        using (var snapshot = learner.Publish())
            replica.Adopt(snapshot);
        var outputs = new float[20];
        replica.Score(rows, [.. Enumerable.Range(0, 20)], outputs, new float[20]);
        Assert.Equal(learner.Step(rows).Hardness, outputs, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Captured_and_restored_it_goes_on_where_it_stood()
    {
        var task = new VectorTask { ModelFile = Perceptron() };
        using var straight = new Learner(task, new TrainingOptions(), CPU, 1, 1);
        using var resumed = new Learner(task, new TrainingOptions(), CPU, 1, 1);
        using var rows = VectorTask.Rows(8, seed: 3);
        for (var i = 0; i < 5; i++)
            straight.Step(rows);
        using (var state = straight.Capture())
            resumed.Restore(state);
        for (var i = 0; i < 5; i++)
            Assert.Equal(straight.Step(rows).MeanLoss, resumed.Step(rows).MeanLoss, 1e-6f);
    }

    [Fact]
    public void One_that_fits_passes_and_a_task_without_one_is_not_tried()
    {
        TorchScriptModel.Check(new VectorTask { ModelFile = Perceptron() });
        TorchScriptModel.Check(new VectorTask());
    }

    [Fact]
    public void A_file_that_is_not_there_is_said() => Expect("no such file", Path.Combine(_folder, "nowhere.pt"));

    [Fact]
    public void A_file_of_another_kind_is_said_with_how_to_write_one()
    {
        var path = Path.Combine(_folder, "text.pt");
        File.WriteAllText(path, "a text");
        Expect("torch.jit.script", path);
    }

    [Fact]
    public void An_input_that_it_does_not_take_is_said_with_its_shape() => Expect("does not take [2, 4]", Perceptron(inputs: 5));

    [Fact]
    public void An_output_of_another_width_is_said_with_both() => Expect("gives [2, 3] of Float32; the task vectors expects [2, 1]", Perceptron(outputs: 3));

    [Fact]
    public void A_frozen_model_is_refused() => Expect("nothing to train", Perceptron(trainable: false));

    [Fact]
    public void A_model_whose_output_is_detached_is_refused()
    {
        var path = Path.Combine(_folder, "detached.pt");
        TorchScriptFile.Write(path, "    return torch.detach(torch.linear(x, self.w))", [("w", [1, 2, 3, 4], [1, 4], true)], []);
        Expect("does not depend on any parameter", path);
    }

    private static void Expect(string words, string path)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => TorchScriptModel.Check(new VectorTask { ModelFile = path }));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    private string Perceptron(int inputs = VectorTask.Features, int outputs = 1, bool trainable = true)
    {
        var path = Path.Combine(_folder, "model.pt");
        TorchScriptFile.WritePerceptron(path, inputs, 8, outputs, trainable);
        return path;
    }
}
