using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Detection;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Detection;

/// <summary>Tests of the PASCAL VOC rule: a difficult object may be missed, and detecting it is not an error.</summary>
public sealed class DifficultObjectTests
{
    private static readonly LabeledBox Plain = new(8, 8, 24, 24, "a");
    private static readonly LabeledBox Difficult = new(40, 40, 56, 56, "b", Difficult: true);

    public DifficultObjectTests() => TorchLibrary.EnsureLoaded();

    [Theory]
    [InlineData("hardest", null)]
    [InlineData("top", null)]
    [InlineData("all", null)]
    [InlineData("random", null)]
    [InlineData("hardest", "focal")]
    public void The_anchors_of_a_difficult_object_have_no_loss_and_no_gradient(string background, string? loss)
    {
        using var scope = NewDisposeScope();
        using var rows = new RowBuffer();
        var task = Task(background, loss);
        Assert.Null(task.Encode(Image(Plain, Difficult), rows));
        var targets = task.CollateTargets(rows, [0]);
        var labels = targets.select(2, 0).data<float>().ToArray();
        Assert.Contains(0f, labels);
        Assert.DoesNotContain(1f, labels);
        Assert.Contains(-2f, labels);
        var outputs = randn(1, task.OutputWidth).requires_grad_();
        var gradient = autograd.grad([task.Loss(outputs, targets).sum()], [outputs])[0].data<float>().ToArray();
        for (var anchor = 0; anchor < labels.Length; anchor++)
        {
            if (labels[anchor] == -2)
                Assert.All(gradient.AsSpan(anchor * 6, 6).ToArray(), static g => Assert.Equal(0, g));
        }

        Assert.Contains(gradient, static g => g != 0);
    }

    [Fact]
    public void A_confident_detection_of_a_difficult_object_is_not_hard_background()
    {
        using var rows = new RowBuffer();
        var task = Task("hardest", null);
        Assert.Null(task.Encode(Image(Difficult), rows));
        Assert.Null(task.Encode(Image(), rows));
        using var targets = task.CollateTargets(rows, [0]);
        using var classes = targets.select(2, 0);
        var labels = classes.data<float>().ToArray();
        var outputs = new float[2 * task.OutputWidth];
        outputs.AsSpan().Fill(-20);
        for (var anchor = 0; anchor < labels.Length; anchor++)
        {
            if (labels[anchor] == -2)
                outputs[(anchor * 6) + 1] = outputs[task.OutputWidth + (anchor * 6) + 1] = 20;
        }

        var hardness = new float[2];
        task.Hardness(outputs, rows, [0, 1], hardness);
        Assert.True(hardness[0] < 1e-3, $"{hardness[0]}");
        Assert.True(hardness[1] > 10, $"{hardness[1]}");
        Assert.All(task.HardestRegions(outputs.AsSpan(0, task.OutputWidth), rows, 0, 3), static r => Assert.True(r.Hardness < 1e-3));
    }

    [Fact]
    public void The_evaluation_ignores_difficult_objects()
    {
        using var rows = new RowBuffer();
        var task = Task("hardest", null);
        Assert.Null(task.Encode(Image(Plain, Difficult), rows));
        using var targets = task.CollateTargets(rows, [0]);
        var values = targets.data<float>().ToArray();
        var outputs = new float[task.OutputWidth];
        outputs.AsSpan().Fill(-20);
        for (var anchor = 0; anchor < task.OutputWidth / 6; anchor++)
        {
            var target = values.AsSpan(anchor * 5, 5);
            if (target[0] < 0)
                continue;
            outputs[(anchor * 6) + (int)target[0]] = 5;
            target[1..].CopyTo(outputs.AsSpan((anchor * 6) + 2));
        }

        var metrics = task.CreateMetrics(4);
        metrics.Add(outputs, rows, 0);
        Assert.Equal(1, metrics.Compute()["meanAveragePrecision"]);
    }

    private static DetectionTask Task(string background, string? loss) => new(new DetectionOptions
    {
        Labels = ["a", "b"],
        Height = 64,
        Width = 64,
        Anchors = ["8:16x16", "16:28x28"],
        Background = background,
        Loss = loss,
        Mirror = false,
    });

    private static Example Image(params LabeledBox[] boxes) =>
        new("p", new Target.Boxes(boxes), new ExampleInput.Dense(ElementType.UInt8, [3, 64, 64], new byte[3 * 64 * 64]));
}
