using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Faces;
using HnmStreams.Torch.Losses.Embeddings;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Faces;

public sealed class FacesTaskTests
{
    [Fact]
    public void Shrinking_averages_pixels_and_training_mirrors_some_images()
    {
        using var scope = NewDisposeScope();
        var task = new FacesTask(new FacesOptions { Height = 16, Width = 16, Shrink = 2, Mean = 0, Deviation = 1 });
        using var rows = new RowBuffer();
        for (var i = 0; i < 16; i++)
            Assert.Null(task.Encode(Slope(i), rows));
        int[] indices = [.. Enumerable.Range(0, 16)];
        var images = task.Collate(rows, indices);
        Assert.Equal([16, 1, 8, 8], images.shape);
        // Each pixel is 10 times its column: the mean of columns 2 and 3 is 25.
        Assert.Equal(25 / 255f, images[3, 0, 5, 1].item<float>(), 1e-6f);

        var varied = task.CollateTraining(rows, indices, 3);
        var repeated = task.CollateTraining(rows, indices, 3);
        Assert.True(varied.eq(repeated).all().item<bool>());
        var mirrored = 0;
        for (var i = 0; i < 16; i++)
        {
            var isUnchanged = varied[i].eq(images[i]).all().item<bool>();
            Assert.True(isUnchanged || varied[i].eq(images[i].flip(2)).all().item<bool>());
            mirrored += isUnchanged ? 0 : 1;
        }

        Assert.InRange(mirrored, 3, 13);
        Assert.False(varied.eq(task.CollateTraining(rows, indices, 4)).all().item<bool>());
    }

    [Fact]
    public void Loss_terms_are_the_triplets_of_the_mining_rule()
    {
        using var scope = NewDisposeScope();
        var targets = tensor((long[])[1, 1, 1, 2, 2, 3]);
        // Anchors with a positive: three of group 1 (2 positives, 3 others), two of group 2 (1 positive, 4 others).
        Assert.Equal((3 * 2 * 3) + (2 * 1 * 4), Task("batch-all").LossTerms(targets));
        Assert.Equal(5, Task("batch-hard").LossTerms(targets));
        Assert.Equal((3 * 2) + 2, Task("semi-hard").LossTerms(targets));
        Assert.Equal(6, new FacesTask(new FacesOptions { Loss = { Name = "contrastive" } }).LossTerms(targets));

        static FacesTask Task(string mining) => new(new FacesOptions { Loss = new EmbeddingLossOptions { Mining = mining } });
    }

    [Fact]
    public void Rejects_images_that_are_too_small_after_shrinking()
    {
        var error = Assert.Throws<ArgumentException>(() => new FacesTask(new FacesOptions { Height = 30, Width = 30, Shrink = 4 }));
        Assert.Contains("at least 8 pixels", error.Message, StringComparison.Ordinal);
    }

    private static Example Slope(int index)
    {
        var pixels = new byte[16 * 16];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(10 * (i % 16));
        return new Example($"slope-{index}", new Target.Identity("one"), new ExampleInput.Dense(ElementType.UInt8, [16, 16], pixels));
    }
}
