using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Selection;

/// <summary>Which candidates are too like the positive to be taken for negatives. Scores are similarities: larger is more alike.</summary>
public sealed class PositiveAwareOptions
{
    /// <summary>A negative scores at most the positive less this; null: no such bound. (TopK-MarginPos.)</summary>
    public float? Margin { get; set; }

    /// <summary>A negative scores at most this share of the positive's score; null: no such bound. (TopK-PercPos; the paper's best is 0.95.)</summary>
    [Range(0.0, 1.0)]
    public float? Percentage { get; set; }

    /// <summary>A negative scores at most this; null: no such bound. (TopK-Abs.)</summary>
    public float? MaximumScore { get; set; }

    /// <summary>So many of the best scored are passed over, whatever their score. (Top-k shifted by N.)</summary>
    [Range(0, int.MaxValue)]
    public int Skip { get; set; }
}
