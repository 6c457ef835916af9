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

    /// <summary>The cross-encoder that checks mined negatives before they are trained on; null if none does.</summary>
    IPairTeacher? PairTeacher => null;

    /// <summary>Returns the part of a row that the network reads, which is the same for examples of the same content.</summary>
    ReadOnlySpan<byte> Input(ReadOnlySpan<byte> payload);

    /// <summary>
    /// Returns the labels of a row's further groups, for example the other queries that a document is relevant to; empty for
    /// most. Two examples belong together if they share a group.
    /// </summary>
    ReadOnlySpan<int> FurtherGroups(ReadOnlySpan<byte> payload);
}
