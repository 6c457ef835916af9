using HnmStreams.Evaluation.Metrics;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Detection.Rows;
using HnmStreams.Tasks.Images.Augmenting;

namespace HnmStreams.Tasks.Tests.Detection.Rows;

public sealed class BoxAugmentationTests
{
    [Fact]
    public void Objects_are_mirrored_enlarged_and_left_out_if_they_are_not_visible()
    {
        var change = new BoxAugmentation(new Mirroring(Horizontal: true, Vertical: false), new CropWindow(Left: 0, Top: 0, Width: 16, Height: 16));
        EncodedObject[] objects =
        [
            new(0, new BoundingBox(24, 4, 28, 8), isDifficult: false),
            new(1, new BoundingBox(0, 0, 4, 4), isDifficult: false),
            new(1, new BoundingBox(14, 4, 20, 8), isDifficult: false),
        ];
        var changed = change.Of(objects, 32, 32);
        // The first is mirrored to 4..8; the second to 28..32, outside; the third to 12..18 with its center, 15, inside.
        Assert.Equal([new EncodedObject(0, new BoundingBox(8, 8, 16, 16), false), new EncodedObject(1, new BoundingBox(24, 8, 32, 16), false)], changed);
    }

    [Fact]
    public void An_object_whose_center_is_cut_off_is_difficult()
    {
        var change = new BoxAugmentation(default, new CropWindow(Left: 0, Top: 0, Width: 16, Height: 16));
        var changed = Assert.Single(change.Of([new EncodedObject(1, new BoundingBox(14, 0, 20, 8), isDifficult: false)], 32, 32));
        Assert.True(changed.IsDifficult);
        Assert.Equal((1, new BoundingBox(28, 0, 32, 16)), (changed.Class, changed.Region));
    }

    [Fact]
    public void Mirrorings_do_not_depend_on_windows()
    {
        var options = new DetectionOptions { CropShare = 1 };
        var plain = BoxAugmentation.Draw(options, 20, 9);
        options.CropShare = 0.5;
        var cropped = BoxAugmentation.Draw(options, 20, 9);
        Assert.Equal(plain.Select(static change => change.Mirroring), cropped.Select(static change => change.Mirroring));
        Assert.All(plain, static change => Assert.True(change.Window.IsWhole));
        Assert.Contains(cropped, static change => !change.Window.IsWhole);
        options.Mirror = false;
        Assert.All(BoxAugmentation.Draw(options, 20, 9), static change => Assert.Equal(default, change.Mirroring));
        options.CropShare = 1;
        Assert.Empty(BoxAugmentation.Draw(options, 20, 9));
    }
}
