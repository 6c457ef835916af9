namespace HnmStreams.Evaluation.Metrics;

/// <summary>Left, top, right, bottom, in any one unit; the area of one whose sides are out of order is 0.</summary>
public readonly record struct Region(float Left, float Top, float Right, float Bottom)
{
    private double Area => Math.Max(0, (double)Right - Left) * Math.Max(0, (double)Bottom - Top);

    /// <summary>Intersection over union, 0 to 1; 0 where both are empty. Coordinates are continuous: no pixel is added to the sides.</summary>
    public double Overlap(Region other)
    {
        var width = Math.Max(0, Math.Min((double)Right, other.Right) - Math.Max((double)Left, other.Left));
        var height = Math.Max(0, Math.Min((double)Bottom, other.Bottom) - Math.Max((double)Top, other.Top));
        var common = width * height;
        var union = Area + other.Area - common;
        return union > 0 ? common / union : 0;
    }
}

/// <summary>What was found.</summary>
/// <param name="Score">Larger is surer; not NaN.</param>
public readonly record struct Detection(int Image, int Class, float Score, Region Region);

/// <summary>What is there.</summary>
/// <param name="Difficult">Neither a miss where nothing finds it nor a mistake where something does (VOC's flag).</param>
public readonly record struct GroundTruth(int Image, int Class, Region Region, bool Difficult = false);

/// <summary>Mean average precision of detections by the rule of Pascal VOC from 2010 on (all points of the curve, not eleven).</summary>
public static class DetectionMetrics
{
    /// <summary>Mean over classes that occur in <paramref name="truths"/> (not only as difficult) of <see cref="AveragePrecision"/>. Pure.</summary>
    /// <returns>0 to 1; NaN where no class occurs.</returns>
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
    /// Average precision of one class (Everingham et al., IJCV 2015, section 3; the development kit of 2012). By falling
    /// score, of equal ones the earlier given first, a detection claims the truth of its image that it overlaps most: right
    /// where the overlap is at least <paramref name="overlap"/> and nothing surer claimed that truth; else wrong, a second
    /// one on the same truth included. The area lies under the curve of precision made monotonous: at each recall the
    /// largest precision at that recall or a higher one.
    /// </summary>
    /// <remarks>O(d log d + sum over detections of the truths in their image).</remarks>
    /// <returns>0 to 1; NaN where the class does not occur.</returns>
    public static double AveragePrecision(
        IReadOnlyCollection<Detection> detections, IReadOnlyCollection<GroundTruth> truths, int of, double overlap = 0.5)
    {
        ArgumentNullException.ThrowIfNull(detections);
        ArgumentNullException.ThrowIfNull(truths);
        var byImage = truths.Where(t => t.Class == of).ToLookup(t => t.Image).ToDictionary(g => g.Key, g => g.ToArray());
        var all = byImage.Values.Sum(g => g.Count(t => !t.Difficult));
        if (all == 0)
            return double.NaN;
        var verdicts = Verdicts(detections.Where(d => d.Class == of), byImage, overlap);
        var (precisions, hits) = (new double[verdicts.Count], 0);
        for (var i = 0; i < precisions.Length; i++)
        {
            hits += verdicts[i] ? 1 : 0;
            precisions[i] = hits / (i + 1.0);
        }

        // From the end, so that each step in recall is worth the best precision at or behind it.
        double best = 0, area = 0;
        for (var i = precisions.Length - 1; i >= 0; i--)
        {
            best = Math.Max(best, precisions[i]);
            area += verdicts[i] ? best : 0;
        }

        return area / all;
    }

    private static List<bool> Verdicts(IEnumerable<Detection> detections, Dictionary<int, GroundTruth[]> truths, double overlap)
    {
        var claimed = truths.ToDictionary(t => t.Key, t => new bool[t.Value.Length]);
        var verdicts = new List<bool>();
        foreach (var detection in detections.OrderByDescending(Score))
        {
            var here = truths.GetValueOrDefault(detection.Image, []);
            var (nearest, most) = (-1, 0.0);
            for (var i = 0; i < here.Length; i++)
            {
                var common = detection.Region.Overlap(here[i].Region);
                if (common > most)
                    (nearest, most) = (i, common);
            }

            if (nearest < 0 || most < overlap)
            {
                verdicts.Add(false);
                continue;
            }

            if (here[nearest].Difficult)
                continue;
            verdicts.Add(!claimed[detection.Image][nearest]);
            claimed[detection.Image][nearest] = true;
        }

        return verdicts;
    }

    private static float Score(Detection detection) => float.IsNaN(detection.Score)
        ? throw new ArgumentException($"A detection in image {detection.Image} has no number for a score.", nameof(detection))
        : detection.Score;
}
