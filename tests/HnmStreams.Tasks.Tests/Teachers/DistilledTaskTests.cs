using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Tasks.Tests.Encoders;
using HnmStreams.Torch.Export;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Networks.Tables;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Teachers;

public sealed class DistilledTaskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-distilled-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>All labels are wrong or useless: what the student knows comes from the teacher.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_trained_network_learns_the_outputs_of_the_teacher(int logits)
    {
        var task = Numbers(static o => { }, logits);
        using var rows = Rows(task, 200);
        var outputs = Train(task, rows);
        for (var i = 0; i < rows.Count; i++)
            Assert.Equal(TeacherLogit(rows, i), outputs[i], 0.6);
        Assert.Null(task.Teacher);
        Assert.Contains("weight 1, temperature 2", task.DistilledFrom, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_on_the_features_of_a_frozen_encoder_learns_the_outputs_of_the_teacher()
    {
        using var encoder = new SmallEncoder();
        var options = encoder.OfTexts(static _ => { });
        (options.Text.Positive, options.Text.Labels) = (null, ["a", "b"]);
        var plain = TaskCatalog.Create("text", options);
        var width = (int)plain.TrialInput(1)!.shape[1];
        Use(options, Write(width, 2, [.. Enumerable.Range(0, width).Select(static i => i % 2 == 0 ? 4f : -4f)]));
        var task = TaskCatalog.Create("text", options);
        using var rows = new RowBuffer();
        foreach (var text in new[] { "lost card", "rate", "why", "card", "lost", "rate card" })
            Assert.Null(task.Encode(new Example("e", new Target.Label("a"), new ExampleInput.Text(text)), rows));
        task.FinishRows(rows);
        var teacher = Logits(task, rows, 2);
        var outputs = Train(task, rows);
        for (var i = 0; i < rows.Count; i++)
            Assert.Equal(teacher[(2 * i) + 1] - teacher[2 * i], outputs[(2 * i) + 1] - outputs[2 * i], 0.6);
    }

    [Fact]
    public void The_targets_of_a_row_do_not_depend_on_the_rows_beside_it_and_repeated_rows_are_computed_once()
    {
        using var scope = NewDisposeScope();
        var (task, other) = (Numbers(static o => { }, 1), Numbers(static o => o.Teacher.CacheMegabytes = 0, 1));
        using var rows = Rows(task, 50);
        int[] all = [.. Enumerable.Range(0, 50)];
        var together = task.CollateTrainingTargets(rows, all, 0);
        for (var i = 0; i < 50; i++)
            Assert.Equal(together[i].data<float>().ToArray(), other.CollateTrainingTargets(rows, [i], 7)[0].data<float>().ToArray());
        Assert.Equal(together.data<float>().ToArray(), task.CollateTrainingTargets(rows, all, 1).data<float>().ToArray());
        // Evaluations compare with the labels.
        Assert.Equal(ScalarType.Int64, task.CollateTargets(rows, all).dtype);
    }

    [Fact]
    public void The_hardness_of_an_example_is_that_of_its_label()
    {
        var (distilled, plain) = (Numbers(static o => { }, 1), Numbers(static o => o.Teacher.File = null, 1));
        using var rows = Rows(plain, 20);
        float[] outputs = [.. Enumerable.Range(0, 20).Select(static i => i - 10f)];
        var (first, second) = (new float[20], new float[20]);
        distilled.TrainingHardness(outputs, rows, [.. Enumerable.Range(0, 20)], 3, first);
        plain.Hardness(outputs, rows, [.. Enumerable.Range(0, 20)], second);
        Assert.Equal(second, first);
    }

    public static TheoryData<Action<TaskOptions>, string> Unusable => new()
    {
        { static o => o.Teacher.Distillation.Weight = 0, "'task.teacher.check' must be true or 'task.teacher.distillation.weight' above 0" },
        { static o => (o.Name, o.Teacher.Distillation.Weight) = ("retrieval", 0.5), "'task.teacher.distillation.weight' must be 0 and 'task.teacher.check' true for the task retrieval" },
        { static o => (o.Name, o.Images.Augment.Mixup) = ("images", 0.2), "'task.teacher.distillation.weight' must be 0 if examples are mixed" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public void Settings_that_contradict_each_other_are_refused(Action<TaskOptions> change, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Numbers(change, 1)).Message, StringComparison.Ordinal);

    // The logit of the teacher is 3 a - 2 b + 0.5.
    private IMiningTask Numbers(Action<TaskOptions> change, int logits)
    {
        var options = new TaskOptions { Name = "tabular" };
        (options.Tabular.Features, options.Tabular.Hidden) = (2, [16]);
        Use(options, Write(2, logits, logits == 1 ? [3, -2] : [0, 0, 3, -2]));
        change(options);
        return TaskCatalog.Create(options.Name, options);
    }

    private static void Use(TaskOptions options, string file)
    {
        (options.Teacher.File, options.Teacher.Check) = (file, false);
        (options.Teacher.Distillation.Weight, options.Teacher.Distillation.Temperature) = (1, 2);
    }

    private string Write(int features, int outputs, float[] weights)
    {
        var path = Path.Combine(_folder, $"{Guid.CreateVersion7():N}.onnx");
        using var scope = NewDisposeScope();
        using var network = new Mlp(features, [], outputs);
        var all = new float[outputs * features];
        weights.CopyTo(all, 0);
        var tensors = new Dictionary<string, Tensor> { ["layer0.weight"] = tensor(all).reshape(outputs, features), ["layer0.bias"] = full(outputs, 0.25f, float32) };
        OnnxExport.Write(path, network, tensors, [-1, features], new Dictionary<string, string>());
        return path;
    }

    private static float TeacherLogit(RowBuffer rows, int row)
    {
        var numbers = MemoryMarshal.Cast<byte, float>(rows.Payload(row));
        return (3 * numbers[0]) - (2 * numbers[1]);
    }

    private static float[] Logits(IMiningTask task, RowBuffer rows, int width)
    {
        using var scope = NewDisposeScope();
        return task.CollateTrainingTargets(rows, [.. Enumerable.Range(0, rows.Count)], 0).narrow(1, 2, width).contiguous().data<float>().ToArray();
    }

    private static RowBuffer Rows(IMiningTask task, int count)
    {
        var rows = new RowBuffer();
        for (var i = 0; i < count; i++)
        {
            float[] values = [((i * 37) % 100 / 50f) - 1, ((i * 61) % 100 / 50f) - 1];
            Assert.Null(task.Encode(new Example("e", new Target.ClassIndex(i % 2), new ExampleInput.Dense(ElementType.Float32, [2], MemoryMarshal.AsBytes<float>(values).ToArray())), rows));
        }

        return rows;
    }

    private static float[] Train(IMiningTask task, RowBuffer rows)
    {
        using var learner = new Learner(task, new TrainingOptions { LearningRate = 0.02, FullRateHardness = 0 }, CPU, 3, 1);
        for (var step = 0; step < 400; step++)
            Assert.True(learner.Step(rows).Applied);
        using var replica = new ScoringReplica(task, CPU, 1);
        using var published = learner.Publish();
        replica.Adopt(published);
        var outputs = new float[rows.Count * task.OutputWidth];
        replica.Score(rows, [.. Enumerable.Range(0, rows.Count)], outputs, new float[rows.Count]);
        return outputs;
    }
}
