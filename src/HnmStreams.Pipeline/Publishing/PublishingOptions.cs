using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>How often new weights go to the scorers.</summary>
public sealed class PublishingOptions
{
    /// <summary>Applied training steps between two versions.</summary>
    [Range(1, 1_000_000)]
    public int EverySteps { get; set; } = 4;
}
