using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>Settings of the cross-batch memory: embeddings of earlier batches as additional partners of the loss (arXiv 1912.06798).</summary>
public sealed class CrossBatchMemoryOptions
{
    /// <summary>The number of remembered embeddings. 0 restricts the loss to its own batch.</summary>
    [Range(0, 1_000_000)]
    public int Rows { get; set; }

    /// <summary>The number of steps before the memory is used. While the model still changes fast, embeddings of earlier batches mislead.</summary>
    [Range(0L, long.MaxValue)]
    public long AfterSteps { get; set; } = 50;
}
