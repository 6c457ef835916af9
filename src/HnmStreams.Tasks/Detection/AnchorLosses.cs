using HnmStreams.Mining.Selection;

namespace HnmStreams.Tasks.Detection;

/// <summary>The classification loss of a picture's anchors in host memory, where it says what is hard.</summary>
internal static class AnchorLosses
{
    /// <summary>
    /// Binary cross-entropy over the classes, summed, of each anchor: that it shows its object's class and no other, or
    /// none. O(anchors x classes).
    /// </summary>
    /// <param name="outputs">Of one picture: for each anchor a logit a class, then four offsets.</param>
    /// <param name="assigned">Of <see cref="AnchorMatching"/>.</param>
    public static void Fill(ReadOnlySpan<float> outputs, int classes, ReadOnlySpan<ObjectInRow> objects, ReadOnlySpan<int> assigned, Span<float> losses)
    {
        for (var anchor = 0; anchor < assigned.Length; anchor++)
        {
            var logits = outputs.Slice(anchor * (classes + 4), classes);
            var of = assigned[anchor] < 0 ? -1 : objects[assigned[anchor]].Class;
            var loss = 0f;
            for (var i = 0; i < classes; i++)
            {
                var z = i == of ? -logits[i] : logits[i];
                loss += Math.Max(z, 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(z)));
            }

            losses[anchor] = loss;
        }
    }

    /// <summary>
    /// How hard a picture is: the loss of its objects' anchors and of its hardest background in the number that mining
    /// takes of it, for each anchor of an object. What the model finds where nothing is counts, the easy background does not.
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

        var chosen = new List<int>();
        NegativesPerPositive.Select(losses, positive, [losses.Length], options.NegativesPerPositive, options.MinimumNegatives, chosen);
        var sum = 0.0;
        foreach (var anchor in chosen)
            sum += losses[anchor];
        return (float)(sum / Math.Max(1, positives));
    }
}
