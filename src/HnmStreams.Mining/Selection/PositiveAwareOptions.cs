using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Selection;

/// <summary>
/// The rules that exclude candidates too similar to the positive, which are likely false negatives. Scores are similarities: larger is more
/// similar.
/// </summary>
public sealed class PositiveAwareOptions
{
    /// <summary>
    /// Minimum difference between the score of the positive and that of a negative. No limit if not set. (TopK-MarginPos in the paper.)
    /// </summary>
    public float? Margin { get; set; }

    /// <summary>
    /// Maximum score of a negative as a share of the positive's score, 0 to 1. No limit if not set. (TopK-PercPos; the paper's best value
    /// is 0.95.)
    /// </summary>
    [Range(0.0, 1.0)]
    public float? Percentage { get; set; }

    /// <summary>Maximum score of a negative. No limit if not set. (TopK-Abs.)</summary>
    public float? MaximumScore { get; set; }

    /// <summary>Number of top-ranked candidates that are skipped, whatever their score. (Top-k shifted by N.)</summary>
    [Range(0, int.MaxValue)]
    public int Skip { get; set; }
}
