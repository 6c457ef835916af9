using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Backbones;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Tasks.Tests.Images;
using HnmStreams.Torch;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Backbones;

public sealed class BackboneTaskTests
{
    [Fact]
    public void Layers_are_frozen_unfrozen_and_slowed_as_the_settings_say()
    {
        var options = new BackboneOptions { LearningRateFactor = 0.1, LayerDecay = 0.5, FrozenLayers = 2 };
        Assert.Equal(ParameterTraining.Full, LayerTraining.Of(null, 4, options));
        Assert.Equal(new ParameterTraining(0.1, 0), LayerTraining.Of(3, 4, options));
        Assert.Equal(new ParameterTraining(0.05, 0), LayerTraining.Of(2, 4, options));
        Assert.Equal(ParameterTraining.Frozen, LayerTraining.Of(1, 4, options));
        options.UnfreezeAtStep = 100;
        Assert.Equal(new ParameterTraining(0.025, 100), LayerTraining.Of(1, 4, options));
        Assert.Equal(new ParameterTraining(0.0125, 100), LayerTraining.Of(0, 4, options));
    }

    [Fact]
    public void A_learner_changes_the_layers_that_are_trained_only()
    {
        using var backbone = new SmallBackbone();
        var task = TaskCatalog.Create("text", backbone.OfTexts(static options =>
        {
            (options.Text.Positive, options.Text.Labels) = (null, ["a", "b", "c", "d"]);
            (options.Backbone.FrozenLayers, options.Backbone.UnfreezeAtStep) = (2, 3);
        }));
        using var rows = Rows(task);
        using var learner = new Learner(task, new TrainingOptions(), CPU, seed: 1, threads: 1);
        var initial = Weights(learner);
        Step(3);
        var early = Weights(learner);
        Step(1);
        var late = Weights(learner);
        Assert.All(initial.Keys, name =>
        {
            var frozen = name.StartsWith("backbone.embeddings.", StringComparison.Ordinal) || name.StartsWith("backbone.encoder.layer.0.", StringComparison.Ordinal);
            Assert.Equal(frozen, initial[name].SequenceEqual(early[name]));
        });
        Assert.NotEqual(early["backbone.encoder.layer.0.output.dense.weight"], late["backbone.encoder.layer.0.output.dense.weight"]);
        // Only the tokens of the batch have gradients: [PAD] is not one of them.
        Assert.NotEqual(early["backbone.embeddings.word_embeddings.weight"], late["backbone.embeddings.word_embeddings.weight"]);
        Assert.Equal(early["backbone.embeddings.word_embeddings.weight"][..SmallBackbone.Width], late["backbone.embeddings.word_embeddings.weight"][..SmallBackbone.Width]);

        void Step(int steps)
        {
            for (var i = 0; i < steps; i++)
                Assert.True(learner.Step(rows).Applied);
        }
    }

    [Fact]
    public void Training_starts_from_the_weights_of_the_file_and_learns_a_task()
    {
        using var backbone = new SmallBackbone();
        var task = TaskCatalog.Create("text", backbone.OfTexts(static options =>
        {
            (options.Text.Positive, options.Text.Labels) = (null, ["a", "b", "c", "d"]);
            options.Backbone.LearningRateFactor = 1;
        }));
        using var rows = Rows(task);
        using var first = new Learner(task, new TrainingOptions(), CPU, seed: 1, threads: 1);
        using var second = new Learner(task, new TrainingOptions(), CPU, seed: 2, threads: 1);
        Assert.Equal(Weights(first)["backbone.encoder.layer.1.output.dense.weight"], Weights(second)["backbone.encoder.layer.1.output.dense.weight"]);
        Assert.NotEqual(Weights(first)["head.layers.layer0.weight"], Weights(second)["head.layers.layer0.weight"]);
        var loss = first.Step(rows).MeanLoss;
        for (var i = 0; i < 100; i++)
            first.Step(rows);
        Assert.InRange(first.Step(rows).MeanLoss, 0, loss / 10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void Steps_with_recomputed_activations_are_those_without(int rowsPerPass)
    {
        using var backbone = new SmallBackbone();
        IMiningTask Task(bool recompute) => TaskCatalog.Create("text", backbone.OfTexts(options =>
        {
            (options.Text.Positive, options.Text.Labels) = (null, ["a", "b", "c", "d"]);
            (options.Backbone.FrozenLayers, options.Backbone.UnfreezeAtStep, options.Backbone.RecomputeActivations) = (1, 2, recompute);
        }));
        var training = new TrainingOptions { Optimizer = "sgd", LearningRate = 0.1, RowsPerPass = rowsPerPass };
        using var rows = Rows(Task(recompute: false));
        using var plain = new Learner(Task(recompute: false), training, CPU, seed: 1, threads: 1);
        using var recomputed = new Learner(Task(recompute: true), training, CPU, seed: 1, threads: 1);
        for (var i = 0; i < 4; i++)
            Assert.Equal(plain.Step(rows).GradientNorm, recomputed.Step(rows).GradientNorm, 1e-5f);
        var (expected, actual) = (Weights(plain), Weights(recomputed));
        Assert.All(expected.Keys, name => Assert.Equal(expected[name], actual[name], static (a, b) => Math.Abs(a - b) < 1e-5f));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("images")]
    public void A_backbone_in_bfloat16_learns_and_scores_with_weights_in_float32(string name)
    {
        try
        {
            TorchDevices.CheckBFloat16(CPU);
        }
        catch (DeviceException e)
        {
            Assert.Skip(e.Message);
        }

        using var backbone = new SmallBackbone();
        IMiningTask Task(string precision) => TaskCatalog.Create(name, name == "text"
            ? backbone.OfTexts(options => (options.Text.Positive, options.Text.Labels, options.Backbone.Precision, options.Backbone.RecomputeActivations, options.Backbone.LearningRateFactor) = (null, ["a", "b", "c", "d"], precision, true, 1))
            : backbone.OfImages(options => (options.Images.Positive, options.Images.Labels, options.Backbone.Precision, options.Backbone.LearningRateFactor) = (null, ["0", "1", "2", "3"], precision, 1)));
        var (task, full) = (Task("bfloat16"), Task("float32"));
        Assert.Equal((true, false), (task.UsesBFloat16, full.UsesBFloat16));
        using var rows = name == "text" ? Rows(task) : Images(task);
        using var learner = new Learner(task, new TrainingOptions(), CPU, seed: 1, threads: 1);
        using var reference = new Learner(full, new TrainingOptions(), CPU, seed: 1, threads: 1);
        var (loss, expected) = (learner.Step(rows).MeanLoss, reference.Step(rows).MeanLoss);
        Assert.Equal(expected, loss, 0.1f);
        for (var i = 0; i < 100; i++)
            Assert.True(learner.Step(rows).Applied);
        Assert.InRange(learner.Step(rows).MeanLoss, 0, loss / 5);

        // The published weights score alike in both precisions.
        using var snapshot = learner.Publish();
        Assert.All(snapshot.Tensors.Values, static tensor => Assert.NotEqual(ScalarType.BFloat16, tensor.dtype));
        var (a, b) = (Scores(task), Scores(full));
        Assert.Equal(b, a, (x, y) => Math.Abs(x - y) < 0.05 * (1 + Math.Abs(x)));

        float[] Scores(IMiningTask of)
        {
            using var replica = new ScoringReplica(of, CPU, 1);
            replica.Adopt(snapshot);
            var outputs = new float[rows.Count * of.OutputWidth];
            replica.Score(rows, [.. Enumerable.Range(0, rows.Count)], outputs, new float[rows.Count]);
            return outputs;
        }
    }

    [Fact]
    public void Settings_that_do_not_fit_are_refused_with_key_and_remedy()
    {
        using var backbone = new SmallBackbone();
        Refused("'task.backbone.maxTokens' must be at most 10", "text", backbone.OfTexts(static options => options.Backbone.MaxTokens = 11));
        Refused("'task.backbone.tokenizer' must name", "text", backbone.OfTexts(static options => options.Backbone.Tokenizer = null));
        Refused("'task.backbone.file' is 'missing.safetensors': There is no such file", "text", backbone.OfTexts(static options => options.Backbone.File = "missing.safetensors"));
        Refused("It is a network of images (ResNet-10), but the task has texts", "text", WithTokenizer(backbone.OfImages(static _ => { })));
        Refused("the task has images", "images", backbone.OfTexts(static options => (options.Backbone.Image.Means, options.Backbone.Image.Deviations) = ([0.5f], [0.5f])));
        Refused("Set the task's channels to 1", "images", backbone.OfImages(static options => options.Images.Channels = 3));
        Refused("must not be set for the task detection", "detection", backbone.OfImages(static _ => { }));
        Refused("must not be set beside 'task.encoder.file'", "text", backbone.OfTexts(static options => options.Encoder.File = "model.onnx"));
        Refused("must not be set beside 'task.model'", "text", backbone.OfTexts(static options => options.Model = "model.pt"));

        TaskOptions WithTokenizer(TaskOptions options)
        {
            options.Backbone.Tokenizer = backbone.OfTexts(static _ => { }).Backbone.Tokenizer;
            return options;
        }
    }

    private static void Refused(string reason, string task, TaskOptions options) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => TaskCatalog.Create(task, options)).Message, StringComparison.Ordinal);

    private static RowBuffer Rows(IMiningTask task)
    {
        var rows = new RowBuffer();
        for (var i = 0; i < 16; i++)
            Assert.Null(task.Encode(new Example($"{i}", new Target.ClassIndex(i % 4), new ExampleInput.Text($"{SmallBackbone.Words[i % 4]} a {(i < 8 ? "card" : "text")}")), rows));
        return rows;
    }

    private static RowBuffer Images(IMiningTask task)
    {
        var rows = new RowBuffer();
        for (var i = 0; i < 16; i++)
            Assert.Null(task.Encode(TestImages.Stripe(i, SmallBackbone.Side, SmallBackbone.Side, 1, new Target.ClassIndex(i % 4)), rows));
        return rows;
    }

    private static Dictionary<string, float[]> Weights(Learner learner)
    {
        using var snapshot = learner.Current();
        return snapshot.Tensors.ToDictionary(static t => t.Key, static t => t.Value.contiguous().data<float>().ToArray(), StringComparer.Ordinal);
    }
}
