using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Networks.Tables;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks;

/// <summary>Tests of a TorchScript file that replaces a task's network.</summary>
public sealed class TorchScriptModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-torchscript-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_TorchScript_network_trains_like_the_same_built_in_network()
    {
        var options = new TrainingOptions { Optimizer = "sgd", LearningRate = 0.1 };
        using var scripted = new Learner(new VectorTask { ModelFile = Perceptron() }, options, CPU, 1, 1);
        using var builtIn = new Learner(new VectorTask(() => new Mlp(VectorTask.Features, [8], 1)), options, CPU, 1, 1);
        using (var start = scripted.Current())
        {
            var names = new Dictionary<string, string>(StringComparer.Ordinal) { ["layer0.weight"] = "w1", ["layer0.bias"] = "b1", ["layer1.weight"] = "w2", ["layer1.bias"] = "b2" };
            builtIn.LoadWeights(names.ToDictionary(n => n.Key, n => start.Tensors[n.Value], StringComparer.Ordinal));
        }

        using var rows = VectorTask.Rows(20, seed: 3);
        for (var i = 0; i < 10; i++)
            Assert.Equal(builtIn.Step(rows).MeanLoss, scripted.Step(rows).MeanLoss, 1e-5f);
        using var end = scripted.Current();
        Assert.Equal([7, 8], end.Tensors["unused"].data<float>().ToArray());
        Assert.Equal(10, end.Tensors["steps"].item<float>());
    }

    [Fact]
    public void A_replica_scores_with_the_trained_weights()
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
    public void A_restored_learner_continues_exactly()
    {
        var task = new VectorTask { ModelFile = Perceptron() };
        using var uninterrupted = new Learner(task, new TrainingOptions(), CPU, 1, 1);
        using var resumed = new Learner(task, new TrainingOptions(), CPU, 1, 1);
        using var rows = VectorTask.Rows(8, seed: 3);
        for (var i = 0; i < 5; i++)
            uninterrupted.Step(rows);
        using (var state = uninterrupted.Capture())
            resumed.Restore(state);
        for (var i = 0; i < 5; i++)
            Assert.Equal(uninterrupted.Step(rows).MeanLoss, resumed.Step(rows).MeanLoss, 1e-6f);
    }

    [Fact]
    public void Accepts_a_suitable_model_and_a_task_without_a_model()
    {
        TorchScriptModel.Check(new VectorTask { ModelFile = Perceptron() });
        TorchScriptModel.Check(new VectorTask());
    }

    [Fact]
    public void Reports_a_missing_file() => AssertRejected("no such file", Path.Combine(_folder, "missing.pt"));

    [Fact]
    public void Reports_a_file_of_another_kind_with_a_remedy()
    {
        var path = Path.Combine(_folder, "text.pt");
        File.WriteAllText(path, "a text");
        AssertRejected("torch.jit.script", path);
    }

    [Fact]
    public void Reports_an_unsuitable_input_with_its_shape() => AssertRejected("must take [2, 4]", Perceptron(inputs: 5));

    [Fact]
    public void Reports_an_output_of_another_width_with_both_shapes() => AssertRejected("must return [2, 1] of Float32 for the task vectors but returns [2, 3] of Float32", Perceptron(outputs: 3));

    [Fact]
    public void Rejects_a_frozen_model() => AssertRejected("nothing to train", Perceptron(trainable: false));

    [Fact]
    public void Rejects_a_model_with_a_detached_output()
    {
        var path = Path.Combine(_folder, "detached.pt");
        TorchScriptFile.Write(path, "    return torch.detach(torch.linear(x, self.w))", [("w", [1, 2, 3, 4], [1, 4], true)], []);
        AssertRejected("does not depend on a parameter", path);
    }

    private static void AssertRejected(string message, string path)
    {
        var error = Assert.Throws<InvalidDataException>(() => TorchScriptModel.Check(new VectorTask { ModelFile = path }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private string Perceptron(int inputs = VectorTask.Features, int outputs = 1, bool trainable = true)
    {
        var path = Path.Combine(_folder, "model.pt");
        TorchScriptFile.WritePerceptron(path, inputs, 8, outputs, trainable);
        return path;
    }
}
