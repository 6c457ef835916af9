using HnmStreams.Evaluation.Metrics;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Tasks.Detection;

/// <summary>An object that a model detected in an image.</summary>
internal readonly record struct DetectedObject(int Class, float Score, BoundingBox Region);

/// <summary>The decoder of outputs into detections: scores above the minimum, then non-maximum suppression per class.</summary>
internal static class DetectionDecoder
{
    // The candidates per class before suppression: an untrained network detects objects everywhere.
    private const int MaxCandidates = 400;

    /// <summary>Decodes the outputs of one image.</summary>
    /// <param name="outputs">The outputs of one image: per anchor one logit per class, then four offsets.</param>
    /// <returns>The detections, highest score first. O(anchors x classes + candidates x detections).</returns>
    public static IReadOnlyList<DetectedObject> Of(ReadOnlySpan<float> outputs, AnchorGrid grid, DetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(options);
        var (classes, width) = (options.Labels.Length, options.Labels.Length + 4);
        var minLogit = MathF.Log(options.MinScore / (1 - options.MinScore));
        var detections = new List<DetectedObject>();
        var (logits, regions, kept) = (new List<float>(), new List<BoundingBox>(), new List<int>());
        for (var label = 0; label < classes; label++)
        {
            logits.Clear();
            regions.Clear();
            kept.Clear();
            for (var anchor = 0; anchor < grid.Count; anchor++)
            {
                var logit = outputs[(anchor * width) + label];
                if (!(logit > minLogit))
                    continue;
                logits.Add(logit);
                regions.Add(grid.Decode(anchor, outputs.Slice((anchor * width) + classes, 4)));
            }

            var (ranked, boxes) = Highest(logits, regions);
            OnlineHardExampleMining.Select(ranked, (a, b) => boxes[a].IntersectionOverUnion(boxes[b]), options.SuppressionOverlap, options.MaxDetections, kept);
            foreach (var index in kept)
                detections.Add(new DetectedObject(label, 1 / (1 + MathF.Exp(-ranked[index])), boxes[index]));
        }

        return [.. detections.OrderByDescending(f => f.Score).Take(options.MaxDetections)];
    }

    private static (float[] Logits, BoundingBox[] Regions) Highest(List<float> logits, List<BoundingBox> regions)
    {
        if (logits.Count <= MaxCandidates)
            return ([.. logits], [.. regions]);
        var order = new List<int>(MaxCandidates);
        TopK.Select(logits.ToArray(), MaxCandidates, order);
        return ([.. order.Select(i => logits[i])], [.. order.Select(i => regions[i])]);
    }
}
