using HnmStreams.Mining.Randomness;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Images.Augmenting;

/// <summary>
/// The changes of the images of a training step: a function of the step and the position in the batch, so that images and targets agree and a replay of the step is identical.
/// </summary>
internal sealed class ImageAugmentation(AugmentationOptions options)
{
    // Pairs are drawn from another sequence than changes, so that they do not depend on them.
    private const ulong MixStream = 1;

    /// <summary>True if images are mixed.</summary>
    public bool Mixes => options.Mixup > 0;

    /// <summary>Changes normalized images in place, and mixes them.</summary>
    /// <param name="images">[n, channels, height, width].</param>
    /// <returns>The changed images.</returns>
    public Tensor Apply(Tensor images, long step)
    {
        if (!options.IsUsed)
            return images;
        using var guard = no_grad();
        var generator = new Xoshiro256StarStar(unchecked((ulong)step));
        for (var i = 0; i < images.shape[0]; i++)
        {
            using var image = images[i];
            Change(image, generator);
        }

        return Mixes ? Mix(images, Draw((int)images.shape[0], step)) : images;
    }

    /// <summary>Returns the partner of each image and its own share in the mixed one, at least 0.5.</summary>
    public (int Partner, float OwnShare)[] Draw(int images, long step)
    {
        var generator = new Xoshiro256StarStar(unchecked((ulong)step)).Fork(MixStream);
        var pairs = new (int, float)[images];
        for (var i = 0; i < images; i++)
        {
            var share = Beta(generator);
            pairs[i] = (generator.NextInt32(images), (float)Math.Max(share, 1 - share));
        }

        return pairs;
    }

    private void Change(Tensor image, Xoshiro256StarStar generator)
    {
        using var scope = NewDisposeScope();
        var bits = generator.NextUInt64() >> 62;
        if (options.Flip is not "none" && (bits & 1) != 0)
            image.copy_(image.flip(2));
        if (options.Flip is "both" && (bits & 2) != 0)
            image.copy_(image.flip(1));
        if (options.CropShare < 1)
            CropWindow.Draw(generator, (int)image.shape[2], (int)image.shape[1], options.CropShare).Apply(image);
        if (options.Color > 0)
            Recolor(image, Around(0), 1 + Around(0), 1 + Around(0));

        double Around(double center) => center + (options.Color * ((2 * generator.NextDouble()) - 1));
    }

    // Contrast is around the mean of the image, and saturation around the mean of the channels of a pixel.
    private static void Recolor(Tensor image, double brightness, double contrast, double saturation)
    {
        using var shift = Constants.Once(brightness);
        using var factor = Constants.Once(contrast);
        var mean = image.mean();
        image.sub_(mean).mul_(factor).add_(mean, Constants.One).add_(shift, Constants.One);
        if (image.shape[0] == 1)
            return;
        using var color = Constants.Once(saturation);
        var gray = image.mean([0], keepdim: true);
        image.sub_(gray).mul_(color).add_(gray, Constants.One);
    }

    private static Tensor Mix(Tensor images, (int Partner, float OwnShare)[] pairs)
    {
        using var scope = NewDisposeScope();
        var own = tensor([.. pairs.Select(static pair => pair.OwnShare)], [pairs.Length, 1, 1, 1]);
        var partners = images.index_select(0, tensor([.. pairs.Select(static pair => (long)pair.Partner)]));
        return images.mul(own).add(partners.mul(own.neg().add(Constants.One, Constants.One)), Constants.One).MoveToOuterDisposeScope();
    }

    // Beta(alpha, alpha) for alpha up to 1 by Jöhnk's method (Metrika 8, 1964). Exponents overflow to 0 for a small alpha: one image then stays alone.
    private double Beta(Xoshiro256StarStar generator)
    {
        while (true)
        {
            var (x, y) = (Math.Pow(generator.NextDouble(), 1 / options.Mixup), Math.Pow(generator.NextDouble(), 1 / options.Mixup));
            if (x + y <= 1)
                return x + y > 0 ? x / (x + y) : 1;
        }
    }
}
