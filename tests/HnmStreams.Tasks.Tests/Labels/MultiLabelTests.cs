using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Persistence;
using HnmStreams.Tasks.Tests.Conformance;
using HnmStreams.Tasks.Text;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Labels;

/// <summary>Conformance of the classification of texts with sets of labels.</summary>
public sealed class MultiLabelConformance : MiningTaskConformance
{
    internal static readonly string[] Labels = ["insult", "threat", "spam"];

    protected override IReadOnlyList<string> SupportedInputs => ["text"];

    protected override IMiningTask Create() => CreateTask();

    protected override Example ValidExample(int index) => Moderated(index);

    internal static TextTask CreateTask(Action<TextOptions>? change = null)
    {
        var options = new TextOptions { Positive = null, MultiLabel = true, Labels = Labels, Buckets = 1024, Embedding = 16 };
        change?.Invoke(options);
        return new TextTask(options);
    }

    /// <summary>Returns a text whose words are its labels, some of eight sets.</summary>
    internal static Example Moderated(int index)
    {
        var names = Labels.Where((_, label) => (index >> label & 1) != 0).ToArray();
        return new Example($"{index}", new Target.LabelSet(names), new ExampleInput.Text($"text {string.Join(' ', names.Select(static name => $"{name}ing words"))}"));
    }
}

public sealed class MultiLabelTests
{
    [Fact]
    public void Sets_labels_and_indices_are_targets()
    {
        var task = MultiLabelConformance.CreateTask();
        Assert.Equal(0b101, Label(new Target.LabelSet(["spam", "insult"])));
        Assert.Equal(0, Label(new Target.LabelSet([])));
        Assert.Equal(0b010, Label(new Target.Label("threat")));
        Assert.Equal(0b100, Label(new Target.ClassIndex(2)));
        // What the page shows, and people answer with.
        foreach (var set in Enumerable.Range(0, 8))
            Assert.Equal(set, Label(new Target.Label(task.LabelName(set))));
        Assert.Equal(("no label", "insult, spam"), (task.LabelName(0), task.LabelName(0b101)));
        Assert.Equal(MultiLabelConformance.Labels, Enumerable.Range(0, 3).Select(task.OutputName));
        Assert.True(task.HasLabelSets);
        Assert.Equal(RejectionReasons.UnknownLabel, task.ReadLabel(new Target.LabelSet(["insult", "other"]), out _)?.Reason);
        Assert.Equal(RejectionReasons.UnknownLabel, task.ReadLabel(new Target.ClassIndex(3), out _)?.Reason);
        Assert.Equal(RejectionReasons.WrongTarget, task.ReadLabel(new Target.Boxes([]), out _)?.Reason);

        int Label(Target target)
        {
            Assert.Null(task.ReadLabel(target, out var label));
            return label;
        }
    }

    [Fact]
    public void Hardness_is_the_loss_of_the_set()
    {
        var task = MultiLabelConformance.CreateTask();
        using var scope = NewDisposeScope();
        using var rows = Rows(task, 8);
        int[] indices = [.. Enumerable.Range(0, 8)];
        var outputs = randn(8, 3) * 4;
        var hardness = new float[8];
        task.Hardness(outputs.data<float>().ToArray(), rows, indices, hardness);
        var losses = task.Loss(outputs, task.CollateTargets(rows, indices)).data<float>().ToArray();
        Assert.All(hardness.Zip(losses), static pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    [Fact]
    public void A_learner_learns_every_label()
    {
        var task = MultiLabelConformance.CreateTask();
        using var rows = Rows(task, 64);
        using var learner = new Learner(task, new TrainingOptions { LearningRate = 0.02 }, CPU, seed: 1, threads: 1);
        for (var i = 0; i < 100; i++)
            Assert.True(learner.Step(rows).Applied);
        using var replica = new ScoringReplica(task, CPU, 1);
        using (var snapshot = learner.Publish())
            replica.Adopt(snapshot);
        var outputs = new float[64 * 3];
        replica.Predict(rows, [.. Enumerable.Range(0, 64)], outputs);
        var metrics = task.CreateMetrics(64);
        for (var i = 0; i < 64; i++)
            metrics.Add(outputs.AsSpan(i * 3, 3), rows, i);
        Assert.True(metrics.BeatsChance());
        Assert.All(metrics.Compute().Values, static value => Assert.Equal(1, value, 1e-9));
    }

    [Fact]
    public void Metrics_are_those_of_each_label_their_mean_and_the_sets()
    {
        var task = MultiLabelConformance.CreateTask();
        using var rows = new RowBuffer();
        foreach (var set in (int[])[0b001, 0b010, 0b011, 0b000])
            rows.Add([], set, 1);
        var metrics = task.CreateMetrics(4);
        float[][] outputs = [[2, -1, -1], [1, 3, -1], [-1, 1, -1], [-2, 2, 1]];
        for (var i = 0; i < 4; i++)
            metrics.Add(outputs[i], rows, i);
        var computed = metrics.Compute();
        // insult: ranks 1 and 3 of the scores 2, 1, -1, -2; threat: ranks 1 and 3 of 3, 2, 1, -1; no example is spam.
        Assert.Equal((1 + (2 / 3.0)) / 2, computed["averagePrecision.insult"], 1e-9);
        Assert.Equal((1 + (2 / 3.0)) / 2, computed["averagePrecision.threat"], 1e-9);
        Assert.True(double.IsNaN(computed["averagePrecision.spam"]));
        Assert.Equal((1 + (2 / 3.0)) / 2, computed["macroAveragePrecision"], 1e-9);
        // Predicted {insult}, {insult, threat}, {threat}, {threat, spam}: 3 of 6 predicted labels are right, and 3 of 4 are found.
        Assert.Equal(0.25, computed["exactMatch"], 1e-9);
        Assert.Equal(2 * 3.0 / (6 + 4), computed["microF1"], 1e-9);

        var writer = new StateWriter();
        metrics.Save(writer);
        var restored = task.CreateMetrics(4);
        restored.Restore(new StateReader(writer.Written));
        Assert.Equal(computed, restored.Compute());
    }

    [Fact]
    public void The_predicted_set_has_the_probability_of_its_independent_labels()
    {
        var (set, probability) = MultiLabelConformance.CreateTask().Predict([0.9, 0.2, 0.5]);
        Assert.Equal(0b101, set);
        Assert.Equal(0.9 * 0.8 * 0.5, probability, 1e-12);
    }

    [Fact]
    public void Settings_that_contradict_several_labels_are_refused()
    {
        Refused("positive", static options => options.Positive = "insult");
        Refused("unknown", static options => options.Unknown = "other");
        Refused("loss", static options => options.Loss = "cross-entropy");
        Refused("1 to 31", static options => options.Labels = [.. Enumerable.Range(0, 32).Select(static i => $"{i}")]);
        Refused("differ", static options => options.Labels = ["a", "a"]);
        Refused("classWeights", static options => options.ClassWeights = [1]);
        Assert.Equal(31, MultiLabelConformance.CreateTask(static options => options.Labels = [.. Enumerable.Range(0, 31).Select(static i => $"{i}")]).OutputWidth);
    }

    private static void Refused(string named, Action<TextOptions> change) =>
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => MultiLabelConformance.CreateTask(change)).Message, StringComparison.Ordinal);

    private static RowBuffer Rows(TextTask task, int count)
    {
        var rows = new RowBuffer();
        for (var i = 0; i < count; i++)
            Assert.Null(task.Encode(MultiLabelConformance.Moderated(i), rows));
        return rows;
    }
}
