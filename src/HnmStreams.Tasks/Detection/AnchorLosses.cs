using HnmStreams.Mining.Selection;
using HnmStreams.Tasks.Detection.Rows;

namespace HnmStreams.Tasks.Detection;

/// <summary>The classification losses of an image's anchors in host memory, from which hardness is computed.</summary>
internal static class AnchorLosses
{
    /// <summary>
    /// Writes the binary cross-entropy of each anchor, summed over the classes. The target is the class of its
    /// object, or no class. Ignored anchors have the loss 0. O(anchors x classes).
    /// </summary>
    /// <param name="outputs">The outputs of one image: per anchor one logit per class, then four offsets.</param>
    /// <param name="assigned">The result of <see cref="AnchorMatching"/>.</param>
    public static void Fill(ReadOnlySpan<float> outputs, int classes, ReadOnlySpan<EncodedObject> objects, ReadOnlySpan<int> assigned, Span<float> losses)
    {
        for (var anchor = 0; anchor < assigned.Length; anchor++)
        {
            if (assigned[anchor] == AnchorMatching.Ignored)
            {
                losses[anchor] = 0;
                continue;
            }

            var logits = outputs.Slice(anchor * (classes + 4), classes);
            var label = assigned[anchor] < 0 ? -1 : objects[assigned[anchor]].Class;
            var loss = 0f;
            for (var i = 0; i < classes; i++)
            {
                var z = i == label ? -logits[i] : logits[i];
                loss += Math.Max(z, 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(z)));
            }

            losses[anchor] = loss;
        }
    }

    /// <summary>
    /// Returns the hardness of an image: the loss of its object anchors and of as many of its hardest background
    /// anchors as mining selects, per object anchor. Confident detections on background count; easy background does
    /// not.
    /// </summary>
    public static float Hardness(ReadOnlySpan<float> losses, ReadOnlySpan<int> assigned, DetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var positive = new bool[assigned.Length];
        var positives = 0;
        for (var i = 0; i < positive.Length; i++)
        {
            if (float.IsNaN(losses[i]))
                return float.NaN;
            positive[i] = assigned[i] >= 0;
            positives += positive[i] ? 1 : 0;
        }

        var selected = new List<int>();
        NegativesPerPositive.Select(losses, positive, [losses.Length], options.NegativesPerPositive, options.MinNegatives, selected);
        var sum = 0.0;
        foreach (var anchor in selected)
            sum += losses[anchor];
        return (float)(sum / Math.Max(1, positives));
    }
}
