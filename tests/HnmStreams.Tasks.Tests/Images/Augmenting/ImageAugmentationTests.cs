using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Metrics;
using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Images.Augmenting;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Images.Augmenting;

public sealed class ImageAugmentationTests
{
    private const int Count = 64;

    static ImageAugmentationTests() => TorchLibrary.EnsureLoaded();

    [Fact]
    public void Images_are_unchanged_by_default()
    {
        using var scope = NewDisposeScope();
        var images = Images();
        Assert.Same(images, new ImageAugmentation(new AugmentationOptions()).Apply(images, 7));
    }

    [Fact]
    public void About_half_of_the_images_are_mirrored()
    {
        using var scope = NewDisposeScope();
        var (before, after) = (Images(), new ImageAugmentation(new AugmentationOptions { Flip = "horizontal" }).Apply(Images(), 7));
        var mirrored = 0;
        for (var i = 0; i < Count; i++)
        {
            if (Same(after[i], before[i].flip(2)))
                mirrored++;
            else
                Assert.True(Same(after[i], before[i]));
        }

        Assert.InRange(mirrored, Count / 4, 3 * Count / 4);
    }

    [Fact]
    public void Changes_are_a_function_of_the_step()
    {
        using var scope = NewDisposeScope();
        var augmentation = new ImageAugmentation(new AugmentationOptions { Flip = "both", CropShare = 0.5, Color = 0.5, Mixup = 0.3 });
        Assert.True(Same(augmentation.Apply(Images(), 7), augmentation.Apply(Images(), 7)));
        Assert.False(Same(augmentation.Apply(Images(), 7), augmentation.Apply(Images(), 8)));
        Assert.Equal(augmentation.Draw(Count, 7), augmentation.Draw(Count, 7));
    }

    [Fact]
    public void Contrast_and_brightness_change_mean_and_deviation_within_the_strength()
    {
        using var scope = NewDisposeScope();
        // Gray images, of which saturation changes nothing.
        var before = Images(channels: 1);
        var after = new ImageAugmentation(new AugmentationOptions { Color = 0.4 }).Apply(Images(channels: 1), 3);
        for (var i = 0; i < Count; i++)
        {
            Assert.InRange((after[i].mean() - before[i].mean()).abs().item<float>(), 0, 0.4001f);
            Assert.InRange(after[i].std().item<float>() / before[i].std().item<float>(), 0.5999f, 1.4001f);
        }

        Assert.False(Same(before, after));
    }

    [Fact]
    public void A_window_is_enlarged_and_boxes_move_with_it()
    {
        using var scope = NewDisposeScope();
        // A white square of 8 x 4 pixels in an image of 32 x 16.
        var image = zeros(1, 16, 32);
        image[.., 4..8, 8..16] = ones(1, 4, 8);
        var window = new CropWindow(Left: 4, Top: 2, Width: 16, Height: 8);
        window.Apply(image);
        var box = window.Of(new BoundingBox(8, 4, 16, 8), 32, 16);
        Assert.Equal(new BoundingBox(8, 4, 24, 12), box);
        // Inside of the box, away from its interpolated border, all is white; outside all is black.
        Assert.Equal(1, image[.., 6..10, 10..22].min().item<float>());
        Assert.Equal(0, image[.., .., ..6].max().item<float>());
        Assert.Equal(0, image[.., .., 26..].max().item<float>());
    }

    [Fact]
    public void Boxes_are_clipped_and_their_center_decides_if_they_are_cut_off()
    {
        var window = new CropWindow(Left: 10, Top: 0, Width: 10, Height: 20);
        Assert.Equal(new BoundingBox(0, 0, 4, 10), window.Of(new BoundingBox(6, 0, 12, 10), 20, 20));
        Assert.False(window.HasCenterOf(new BoundingBox(6, 0, 12, 10)));
        Assert.True(window.HasCenterOf(new BoundingBox(9, 0, 14, 10)));
        Assert.Equal(0, window.Of(new BoundingBox(0, 0, 5, 5), 20, 20).Area);
        Assert.True(default(CropWindow).HasCenterOf(new BoundingBox(0, 0, 1, 1)));
    }

    [Fact]
    public void Windows_have_the_aspect_ratio_and_lie_inside()
    {
        var generator = new Xoshiro256StarStar(5);
        for (var i = 0; i < 1_000; i++)
        {
            var window = CropWindow.Draw(generator, 40, 20, 0.5);
            if (window.IsWhole)
                continue;
            Assert.InRange(window.Width, 20, 40);
            Assert.InRange(window.Height, 10, 20);
            Assert.InRange(window.Width - (2 * window.Height), -1, 1);
            Assert.True(window.Left >= 0 && window.Top >= 0 && window.Left + window.Width <= 40 && window.Top + window.Height <= 20);
        }

        Assert.True(CropWindow.Draw(generator, 40, 20, 1).IsWhole);
    }

    [Fact]
    public void Mixed_images_and_losses_have_the_shares_of_both_labels()
    {
        using var scope = NewDisposeScope();
        var options = new ImagesOptions { Positive = null, Labels = ["a", "b", "c"], Height = 8, Width = 8, Augment = { Mixup = 1 } };
        var task = new ImagesTask(options);
        using var rows = new RowBuffer();
        for (var i = 0; i < 12; i++)
            Assert.Null(task.Encode(TestImages.Stripe(i, 8, 8, 1, new Target.ClassIndex(i % 3)), rows));
        int[] indices = [.. Enumerable.Range(0, 12)];
        var pairs = new ImageAugmentation(options.Augment).Draw(12, 5);
        Assert.All(pairs, static pair => Assert.InRange(pair.OwnShare, 0.5f, 1));
        var (plain, mixed) = (task.Collate(rows, indices), task.CollateTraining(rows, indices, 5));
        var outputs = randn(12, 3);
        var losses = task.Loss(outputs, task.CollateTrainingTargets(rows, indices, 5)).data<float>().ToArray();
        for (var i = 0; i < 12; i++)
        {
            var (partner, share) = pairs[i];
            Assert.InRange((mixed[i] - (plain[i] * share) - (plain[partner] * (1 - share))).abs().max().item<float>(), 0, 1e-5f);
            var both = task.Loss(outputs[i].unsqueeze(0).repeat(2, 1), tensor(new long[] { i % 3, partner % 3 })).data<float>().ToArray();
            Assert.Equal((both[0] * share) + (both[1] * (1 - share)), losses[i], 1e-5);
        }
    }

    [Fact]
    public void Settings_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(static () => new ImagesTask(new ImagesOptions { Positive = "1", Network = "mlp", Augment = { Flip = "both" } }));
        Assert.Throws<ArgumentException>(static () => new ImagesTask(new ImagesOptions { Positive = null, MultiLabel = true, Labels = ["a"], Augment = { Mixup = 0.2 } }));
    }

    // Deterministic images in [n, channels, height, width].
    private static Tensor Images(int channels = 3)
    {
        using var generator = new Generator(3, CPU);
        return randn([Count, channels, 10, 12], generator: generator);
    }

    private static bool Same(Tensor a, Tensor b) => (a - b).abs().max().item<float>() < 1e-6f;
}
