using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>What a training batch of groups is made of: so many groups with so many items each, and mined negatives beside them.</summary>
public sealed class GroupedBatchOptions
{
    /// <summary>Groups (people, meanings) in a batch: P of arXiv 1703.07737, section 3. As many of them as the mix's hard share come from the pool, each with its rival.</summary>
    [Range(2, 4_096)]
    public int Groups { get; set; } = 8;

    /// <summary>Items of each: K. A group that holds fewer gives each once before any again.</summary>
    [Range(2, 1_024)]
    public int ItemsPerGroup { get; set; } = 4;

    /// <summary>Negatives from the index for each group, beside the batch's own: drawn by chance from its first item's nearest others.</summary>
    [Range(0, 1_024)]
    public int MinedPerGroup { get; set; }

    /// <summary>How many nearest others they are drawn from.</summary>
    [Range(1, 10_000)]
    public int MinedFrom { get; set; } = 30;
}
