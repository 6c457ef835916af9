using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks.Images.Augmenting;

namespace HnmStreams.Tasks.Detection.Rows;

/// <summary>
/// The change of an image in a training step, with its boxes: a function of the step and the position in the batch, so that pixels and boxes agree and a replay of the step is
/// identical. The image is mirrored, then a part of it is enlarged.
/// </summary>
internal readonly record struct BoxAugmentation(Mirroring Mirroring, CropWindow Window)
{
    // Windows are drawn from another sequence than mirrorings, so that these do not depend on them.
    private const ulong WindowStream = 1;

    /// <summary>Returns the change of each image of a batch; empty if the settings change nothing.</summary>
    public static BoxAugmentation[] Draw(DetectionOptions options, int images, long step)
    {
        if (!options.Mirror && options.CropShare >= 1)
            return [];
        var mirrorings = options.Mirror ? Mirroring.Draw(step, images) : new Mirroring[images];
        var generator = new Xoshiro256StarStar(unchecked((ulong)step)).Fork(WindowStream);
        return [.. mirrorings.Select(mirroring => new BoxAugmentation(mirroring, options.CropShare < 1 ? CropWindow.Draw(generator, options.Width, options.Height, options.CropShare) : default))];
    }

    /// <summary>
    /// Returns the objects in the changed image. One whose center is cut off is difficult: it need not be found, and its visible part is not background. One that is not
    /// visible is left out.
    /// </summary>
    public EncodedObject[] Of(ReadOnlySpan<EncodedObject> objects, int width, int height)
    {
        var changed = new List<EncodedObject>(objects.Length);
        foreach (var o in objects)
        {
            var mirrored = Mirroring.Of(o.Region, width, height);
            var region = Window.Of(mirrored, width, height);
            if (region.Area > 0 || Window.IsWhole)
                changed.Add(new EncodedObject(o.Class, region, o.IsDifficult || !Window.HasCenterOf(mirrored)));
        }

        return [.. changed];
    }
}
