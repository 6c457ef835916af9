using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Tabular;
using HnmStreams.Tasks.Tests.Detection;

namespace HnmStreams.Tasks.Tests;

public sealed class TrainingSetCheckTests
{
    [Fact]
    public void Reports_a_positive_class_without_examples_and_the_existing_labels()
    {
        var task = new TabularTask(new TabularOptions { Positive = "fraud" });
        Assert.Equal(
            "No example has the positive class 'fraud' of the task tabular. The labels of the set are 'ok' (2), 'Fraud' (1).",
            Problem(task, Row("a", "ok"), Row("b", "Fraud"), Row("c", "ok")));
        Assert.Null(Problem(task, Row("a", "ok"), Row("b", "fraud")));
    }

    [Fact]
    public void Reports_a_set_that_the_task_rejects_with_the_most_frequent_reason()
    {
        var task = new TabularTask(new TabularOptions { Positive = "fraud", Features = 2 });
        var problem = Problem(task, Row("a", "ok"), Row("b", "fraud"), Row("c", "ok") with { Weight = -1 });
        Assert.StartsWith("The task tabular rejects 3 of 3 examples: The input must be a dense tensor", problem, StringComparison.Ordinal);
        Assert.EndsWith("For example a.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_a_detection_set_without_a_class_of_the_task()
    {
        var task = new DetectionTask(new DetectionOptions { Labels = ["bolt"], Height = 32, Width = 32, Anchors = ["8:16x16"] });
        var image = new Example("p", new Target.Boxes([new LabeledBox(0, 0, 4, 4, "head")]), new ExampleInput.EncodedImage(Array.Empty<byte>()));
        Assert.Equal("The task detection rejects 1 of 1 examples: The label of a box must be one of bolt but is 'head'. To train on some of the classes only, set task.detection.unknownClasses to ignore. For example p.", Problem(task, image));
    }

    [Fact]
    public void Reports_a_detection_set_whose_objects_are_all_ignored_with_their_classes()
    {
        var task = new DetectionTask(new DetectionOptions { Labels = ["bolt"], UnknownClasses = "ignore", Height = 32, Width = 48, Anchors = ["8:16x16"] });
        var head = Scenes.Squares(0) with { Target = new Target.Boxes([new LabeledBox(0, 0, 4, 4, "head"), new LabeledBox(0, 0, 4, 4, "nut"), new LabeledBox(1, 1, 4, 4, "nut")]) };
        Assert.Equal("No image has an object of a class that the task detection names. The labels of the set are 'nut' (2), 'head' (1).", Problem(task, head));
        var background = head with { Target = new Target.Boxes([]) };
        Assert.Null(Problem(task, head, head with { Target = new Target.Boxes([new LabeledBox(0, 0, 4, 4, "bolt")]) }));
        Assert.Null(Problem(task, background));
        // The check itself counts nothing.
        Assert.Empty(task.Warnings);
    }

    [Fact]
    public void An_empty_set_has_no_problem() => Assert.Null(Problem(new TabularTask(new TabularOptions())));

    private static string? Problem(IMiningTask task, params Example[] examples)
    {
        var check = new TrainingSetCheck(task);
        foreach (var example in examples)
            check.Add(example);
        return check.Problem();
    }

    private static Example Row(string id, string label) => new(id, new Target.Label(label), new ExampleInput.Features([new Feature("a", 1, null)]));
}
