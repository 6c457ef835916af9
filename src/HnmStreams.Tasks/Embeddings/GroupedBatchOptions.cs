using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>The composition of a training batch of groups: groups, items per group, and mined negatives.</summary>
public sealed class GroupedBatchOptions
{
    /// <summary>
    /// The number of groups (people, meanings) in a batch, 2 to 4096: P of arXiv 1703.07737, section 3. The hard
    /// share of the mix applies to it: those groups come from the pool, each with the group that it is confused with.
    /// </summary>
    [Range(2, 4_096)]
    public int Groups { get; set; } = 8;

    /// <summary>
    /// The number of items per group, 2 to 1024: K of arXiv 1703.07737. A group with fewer items supplies each once
    /// before it repeats any.
    /// </summary>
    [Range(2, 1_024)]
    public int ItemsPerGroup { get; set; } = 4;

    /// <summary>
    /// The number of mined negatives per group, in addition to the batch's own, 0 to 1024. They are drawn at random
    /// from the nearest items of other groups. 0 adds none.
    /// </summary>
    [Range(0, 1_024)]
    public int MinedPerGroup { get; set; }

    /// <summary>The number of nearest items of other groups that mined negatives are drawn from, 1 to 10000.</summary>
    [Range(1, 10_000)]
    public int MinedFrom { get; set; } = 30;
}
