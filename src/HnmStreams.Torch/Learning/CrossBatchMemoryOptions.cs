using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Torch.Learning;

/// <summary>A memory of embeddings across batches, as further partners for the loss (arXiv 1912.06798).</summary>
public sealed class CrossBatchMemoryOptions
{
    /// <summary>Embeddings remembered; 0: the loss sees its own batch only.</summary>
    [Range(0, 1_000_000)]
    public int Rows { get; set; }

    /// <summary>Steps before it is used: while the model still changes fast, what it said a few batches ago misleads.</summary>
    [Range(0L, long.MaxValue)]
    public long AfterSteps { get; set; } = 50;
}
