using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Persistence;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Detection.Rows;
using HnmStreams.Tasks.Tests.Images;
using SkiaSharp;

namespace HnmStreams.Tasks.Tests.Detection;

public sealed class DetectionTaskTests
{
    private static DetectionTask Create() => new(Options());

    [Fact]
    public void An_image_of_another_size_is_scaled_together_with_its_boxes()
    {
        var file = TestImages.Encode(96, 64, SKEncodedImageFormat.Png, (x, y) => x is >= 20 and < 40 && y is >= 10 and < 30 ? SKColors.White : SKColors.Black);
        using var rows = new RowBuffer();
        Assert.Null(Create().Encode(new Example("large", new Target.Boxes([new LabeledBox(20, 10, 40, 30, "bright")]), new ExampleInput.EncodedImage(file)), rows));
        var encoded = Assert.Single(DetectionRow.Objects(rows, 0, 32 * 48 * 3).ToArray());
        Assert.Equal(new EncodedObject(0, new(10, 5, 20, 15)), encoded);
        var pixels = DetectionRow.Pixels(rows, 0, 32 * 48 * 3);
        Assert.Equal(255, pixels[((10 * 48) + 15) * 3]);
        Assert.Equal(0, pixels[((25 * 48) + 40) * 3]);
    }

    [Fact]
    public void Boxes_are_clipped_and_skipped_without_area()
    {
        using var rows = new RowBuffer();
        var boxes = new Target.Boxes([new LabeledBox(-10, -10, 8, 8, "dark"), new LabeledBox(60, 5, 70, 10, "dark"), new LabeledBox(4, 4, 4, 4, "bright")]);
        Assert.Null(Create().Encode(Scenes.Squares(0) with { Target = boxes }, rows));
        Assert.Equal(1, rows.Labels[0]);
        Assert.Equal(new EncodedObject(1, new(0, 0, 8, 8)), Assert.Single(DetectionRow.Objects(rows, 0, 32 * 48 * 3).ToArray()));
    }

    [Fact]
    public void Rejects_a_box_of_an_unknown_class_with_the_known_classes()
    {
        using var rows = new RowBuffer();
        var rejection = Create().Encode(Scenes.Squares(0) with { Target = new Target.Boxes([new LabeledBox(0, 0, 9, 9, "grey")]) }, rows);
        Assert.Equal("unknown-label", rejection!.Reason);
        Assert.Contains("bright, dark", rejection.Detail, StringComparison.Ordinal);
        Assert.Contains("task.detection.unknownClasses", rejection.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_out_and_counts_objects_of_unknown_classes_if_so_configured()
    {
        var options = Options();
        options.UnknownClasses = "ignore";
        var task = new DetectionTask(options);
        using var rows = new RowBuffer();
        var boxes = new Target.Boxes([new LabeledBox(0, 0, 8, 8, "grey"), new LabeledBox(4, 4, 12, 12, "dark"), new LabeledBox(1, 1, 9, 9, "red"), new LabeledBox(2, 2, 9, 9, "grey")]);
        Assert.Null(task.Encode(Scenes.Squares(0) with { Id = "first", Target = boxes }, rows));
        Assert.Null(task.Encode(Scenes.Squares(0) with { Id = "second", Target = new Target.Boxes([new LabeledBox(0, 0, 9, 9, "grey")]) }, rows));
        Assert.Equal([1, 0], rows.Labels.ToArray());
        Assert.Equal(new EncodedObject(1, new(4, 4, 12, 12)), Assert.Single(DetectionRow.Objects(rows, 0, 32 * 48 * 3).ToArray()));
        var warnings = task.Warnings.ToArray();
        Assert.Equal(["grey", "red"], warnings.Select(w => w.Key));
        Assert.StartsWith("3 objects of the class 'grey' were ignored, for example in first,", warnings[0].Text, StringComparison.Ordinal);
        // A box that is not finite is an error in any class.
        Assert.Equal("not-finite", task.Encode(Scenes.Squares(0) with { Target = new Target.Boxes([new LabeledBox(0, 0, float.NaN, 9, "grey")]) }, rows)!.Reason);
    }

    [Fact]
    public void The_number_of_counted_classes_is_bounded()
    {
        var ignored = new IgnoredClasses();
        for (var i = 0; i < 5_000; i++)
            ignored.Add($"{i}{new string('x', 500)}", "e");
        Assert.InRange(ignored.Warnings.Count, 1_000, 1_001);
        Assert.StartsWith("4000 objects of the class '(others)'", ignored.Warnings.First().Text, StringComparison.Ordinal);
        Assert.All(ignored.Warnings, w => Assert.InRange(w.Text.Length, 1, 400));
    }

    [Fact]
    public void Rejects_an_image_with_too_many_pixels_before_decoding()
    {
        var options = Options();
        options.MaxPixels = 1_000;
        var task = new DetectionTask(options);
        using var rows = new RowBuffer();
        var rejection = task.Encode(new Example("large", new Target.Boxes([]), new ExampleInput.EncodedImage(TestImages.Encode(96, 64, SKEncodedImageFormat.Png, (_, _) => SKColors.Red))), rows);
        Assert.Equal("too-large", rejection!.Reason);
    }

    [Fact]
    public void Perfect_outputs_are_decoded_and_have_mAP_1()
    {
        var task = Create();
        var metrics = task.CreateMetrics(16);
        using var rows = new RowBuffer();
        for (var i = 0; i < 16; i++)
        {
            Assert.Null(task.Encode(Scenes.Squares(i), rows));
            metrics.Add(Perfect(rows, i), rows, i);
        }

        Assert.Equal(1, metrics.Compute()[task.PrimaryMetric], 1e-9);
        Assert.Equal(1, metrics.Compute()["averagePrecision.dark"], 1e-9);
        Assert.True(metrics.BeatsChance());

        var writer = new StateWriter();
        metrics.Save(writer);
        var restored = task.CreateMetrics(16);
        restored.Restore(new StateReader(writer.Written));
        Assert.Equal(metrics.Compute(), restored.Compute());
        Assert.Equal(16, restored.Count);
    }

    [Fact]
    public void The_hardest_region_is_a_false_detection()
    {
        var task = Create();
        using var rows = new RowBuffer();
        Assert.Null(task.Encode(Scenes.Squares(0) with { Target = new Target.Boxes([]) }, rows));
        var grid = new AnchorGrid(Options());
        var outputs = Silent(grid);
        outputs[(9 * 6) + 1] = 5;
        outputs[20 * 6] = 2;
        var regions = task.HardestRegions(outputs, rows, 0, 2);
        Assert.Equal(["dark", "bright"], regions.Select(r => r.LooksLike));
        Assert.Equal(grid.Anchors[9].Right / 48, regions[0].Bounds.Right, 1e-5f);
        Assert.True(regions[0].Hardness > regions[1].Hardness);

        Span<float> hardness = [0, 0];
        task.Hardness(outputs, rows, [0], hardness);
        task.Hardness(Silent(grid), rows, [0], hardness[1..]);
        Assert.True(hardness[0] > hardness[1] + 5);
    }

    private static DetectionOptions Options() => new() { Labels = Scenes.Labels, Height = Scenes.Height, Width = Scenes.Width, Anchors = ["8:12x12", "16:24x16"] };

    private static float[] Silent(AnchorGrid grid)
    {
        var outputs = new float[grid.Count * 6];
        for (var anchor = 0; anchor < grid.Count; anchor++)
            (outputs[anchor * 6], outputs[(anchor * 6) + 1]) = (-8, -8);
        return outputs;
    }

    private static float[] Perfect(RowBuffer rows, int row)
    {
        var grid = new AnchorGrid(Options());
        var (outputs, assigned) = (Silent(grid), new int[grid.Count]);
        var objects = DetectionRow.Objects(rows, row, 32 * 48 * 3);
        AnchorMatching.Match(grid, objects, 0.5f, assigned);
        for (var anchor = 0; anchor < grid.Count; anchor++)
        {
            if (assigned[anchor] < 0)
                continue;
            outputs[(anchor * 6) + objects[assigned[anchor]].Class] = 8;
            grid.Encode(anchor, objects[assigned[anchor]].Region, outputs.AsSpan((anchor * 6) + 2, 4));
        }

        return outputs;
    }
}
