using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Selection;

/// <summary>
/// The rules that exclude candidates too similar to the positive, which are likely false negatives. Scores are similarities: larger is more
/// similar.
/// </summary>
public sealed class PositiveAwareOptions
{
    /// <summary>
    /// Minimum difference between the score of the positive and that of a negative. No limit if not set. (TopK-MarginPos of NV-Retriever, arXiv 2407.15831.)
    /// </summary>
    public float? Margin { get; set; }

    /// <summary>
    /// Maximum score of a negative as a share of the positive's score, 0 to 1. No limit if not set. (TopK-PercPos of NV-Retriever,
    /// whose best value is 0.95.)
    /// </summary>
    [Range(0.0, 1.0)]
    public float? MaxShare { get; set; }

    /// <summary>Maximum score of a negative. No limit if not set. (TopK-Abs of NV-Retriever.)</summary>
    public float? MaxScore { get; set; }

    /// <summary>Number of top-ranked candidates that are skipped, whatever their score. (Top-k shifted by N of NV-Retriever.)</summary>
    [Range(0, int.MaxValue)]
    public int Skip { get; set; }
}
