using HnmStreams.Torch;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>
/// A task whose examples belong to groups (people, texts of one meaning) and whose outputs are embeddings. Batches
/// consist of groups, and hardness is measured against an index of embeddings that is updated on the stream.
/// </summary>
public interface IGroupedTask : IMiningTask, IEmbeddingTask
{
    /// <summary>The number of groups per batch and of items per group.</summary>
    GroupedBatchOptions Batch { get; }

    /// <summary>The index that hardness and mined negatives come from.</summary>
    EmbeddingIndexOptions Index { get; }

    /// <summary>
    /// True if held-out examples search for their group among the training examples. False if they search among each
    /// other (people who are never seen in training).
    /// </summary>
    bool IsJudgedInIndex { get; }
}
