namespace HnmStreams.Evaluation.Metrics;

/// <summary>A detected object.</summary>
/// <param name="Image">Number of the image.</param>
/// <param name="Class">Predicted class.</param>
/// <param name="Score">Confidence; larger is more confident; not NaN.</param>
/// <param name="Region">Predicted rectangle.</param>
public readonly record struct Detection(int Image, int Class, float Score, BoundingBox Region);

/// <summary>A labeled object.</summary>
/// <param name="Image">Number of the image.</param>
/// <param name="Class">True class.</param>
/// <param name="Region">True rectangle.</param>
/// <param name="Difficult">True to count it neither as a miss nor as a match (the flag of Pascal VOC).</param>
public readonly record struct GroundTruth(int Image, int Class, BoundingBox Region, bool Difficult = false);

/// <summary>Average precision of detections by the rule of Pascal VOC since 2010 (area under all points of the curve, not eleven).</summary>
public static class DetectionMetrics
{
    /// <summary>
    /// Returns the mean of <see cref="AveragePrecision"/> over all classes in <paramref name="truths"/> that have an object that is not
    /// difficult. Pure.
    /// </summary>
    /// <param name="detections">Detected objects of all images.</param>
    /// <param name="truths">Labeled objects of all images.</param>
    /// <param name="overlap">Minimum intersection over union of a match.</param>
    /// <returns>0 to 1; NaN if no class occurs.</returns>
    public static double MeanAveragePrecision(IReadOnlyCollection<Detection> detections, IReadOnlyCollection<GroundTruth> truths, double overlap = 0.5)
    {
        ArgumentNullException.ThrowIfNull(truths);
        var values = truths.Select(t => t.Class).Distinct().Order()
            .Select(c => AveragePrecision(detections, truths, c, overlap))
            .Where(v => !double.IsNaN(v))
            .ToArray();
        return values.Length > 0 ? values.Average() : double.NaN;
    }

    /// <summary>
    /// Returns the average precision of one class (Everingham et al., IJCV 2015, section 3; development kit of 2012). In order of
    /// decreasing score (ties in the given order), each detection is matched to the labeled object of its image that it overlaps most. It
    /// is right if the overlap is at least <paramref name="overlap"/> and no better detection matched that object; otherwise it is wrong,
    /// duplicates included. The result is the area under the curve of precision made monotonic: at each recall the maximum precision at
    /// that or a higher recall.
    /// </summary>
    /// <param name="detections">Detected objects of all images.</param>
    /// <param name="truths">Labeled objects of all images.</param>
    /// <param name="of">The class.</param>
    /// <param name="overlap">Minimum intersection over union of a match.</param>
    /// <remarks>O(d log d + sum over detections of the objects in their image), d the number of detections.</remarks>
    /// <returns>0 to 1; NaN if the class does not occur.</returns>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static double AveragePrecision(
        IReadOnlyCollection<Detection> detections, IReadOnlyCollection<GroundTruth> truths, int of, double overlap = 0.5)
    {
        ArgumentNullException.ThrowIfNull(detections);
        ArgumentNullException.ThrowIfNull(truths);
        var byImage = truths.Where(t => t.Class == of).ToLookup(t => t.Image).ToDictionary(g => g.Key, g => g.ToArray());
        var all = byImage.Values.Sum(g => g.Count(t => !t.Difficult));
        if (all == 0)
            return double.NaN;
        var matches = Match(detections.Where(d => d.Class == of), byImage, overlap);
        var (precisions, hits) = (new double[matches.Count], 0);
        for (var i = 0; i < precisions.Length; i++)
        {
            hits += matches[i] ? 1 : 0;
            precisions[i] = hits / (i + 1.0);
        }

        // From the end: each step in recall counts with the maximum precision at or beyond it.
        double best = 0, area = 0;
        for (var i = precisions.Length - 1; i >= 0; i--)
        {
            best = Math.Max(best, precisions[i]);
            area += matches[i] ? best : 0;
        }

        return area / all;
    }

    private static List<bool> Match(IEnumerable<Detection> detections, Dictionary<int, GroundTruth[]> truths, double overlap)
    {
        var matched = truths.ToDictionary(t => t.Key, t => new bool[t.Value.Length]);
        var matches = new List<bool>();
        foreach (var detection in detections.OrderByDescending(Score))
        {
            var here = truths.GetValueOrDefault(detection.Image, []);
            var (nearest, most) = (-1, 0.0);
            for (var i = 0; i < here.Length; i++)
            {
                var iou = detection.Region.IntersectionOverUnion(here[i].Region);
                if (iou > most)
                    (nearest, most) = (i, iou);
            }

            if (nearest < 0 || most < overlap)
            {
                matches.Add(false);
                continue;
            }

            if (here[nearest].Difficult)
                continue;
            matches.Add(!matched[detection.Image][nearest]);
            matched[detection.Image][nearest] = true;
        }

        return matches;
    }

    private static float Score(Detection detection) => float.IsNaN(detection.Score)
        ? throw new ArgumentException($"The score of a detection in image {detection.Image} is NaN.", nameof(detection))
        : detection.Score;
}
