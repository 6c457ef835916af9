using HnmStreams.Mining.Selection;

namespace HnmStreams.Tasks.Detection;

/// <summary>What a model finds in one picture.</summary>
internal readonly record struct Find(int Class, float Score, Box Region);

/// <summary>From outputs to finds: scores above the least, the surest of what overlaps, class by class.</summary>
internal static class DetectionDecoder
{
    // Before suppression, a class: an untrained network finds everything everywhere.
    private const int MostCandidates = 400;

    /// <param name="outputs">Of one picture: for each anchor a logit a class, then four offsets.</param>
    /// <returns>The surest first. O(anchors x classes + candidates x finds).</returns>
    public static IReadOnlyList<Find> Of(ReadOnlySpan<float> outputs, AnchorGrid grid, DetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(options);
        var (classes, width) = (options.Labels.Length, options.Labels.Length + 4);
        var least = MathF.Log(options.MinimumScore / (1 - options.MinimumScore));
        var finds = new List<Find>();
        var (logits, regions, kept) = (new List<float>(), new List<Box>(), new List<int>());
        for (var of = 0; of < classes; of++)
        {
            logits.Clear();
            regions.Clear();
            kept.Clear();
            for (var anchor = 0; anchor < grid.Count; anchor++)
            {
                var logit = outputs[(anchor * width) + of];
                if (!(logit > least))
                    continue;
                logits.Add(logit);
                regions.Add(grid.Decode(anchor, outputs.Slice((anchor * width) + classes, 4)));
            }

            var (ranked, boxes) = Strongest(logits, regions);
            OnlineHardExampleMining.Select(ranked, boxes, options.SuppressionOverlap, options.MaximumFinds, kept);
            foreach (var index in kept)
                finds.Add(new Find(of, 1 / (1 + MathF.Exp(-ranked[index])), boxes[index]));
        }

        return [.. finds.OrderByDescending(f => f.Score).Take(options.MaximumFinds)];
    }

    private static (float[] Logits, Box[] Regions) Strongest(List<float> logits, List<Box> regions)
    {
        if (logits.Count <= MostCandidates)
            return ([.. logits], [.. regions]);
        var order = new List<int>(MostCandidates);
        TopK.Select(logits.ToArray(), MostCandidates, order);
        return ([.. order.Select(i => logits[i])], [.. order.Select(i => regions[i])]);
    }
}
