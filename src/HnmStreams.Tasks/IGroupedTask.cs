using HnmStreams.Tasks.Embeddings;
using HnmStreams.Torch;

namespace HnmStreams.Tasks;

/// <summary>
/// A task whose examples belong to groups (people, texts of one meaning) and whose outputs are embeddings: batches are
/// made up of groups, and what is hard is seen beside the others, in an index that is kept up on the stream.
/// </summary>
public interface IGroupedTask : IMiningTask, IEmbeddingTask
{
    /// <summary>How many groups a batch has, and of what.</summary>
    GroupedBatchOptions Batch { get; }

    /// <summary>The index that hardness and mined negatives come from.</summary>
    EmbeddingIndexOptions Index { get; }

    /// <summary>
    /// True: held-out examples look for their group in what is learnt from (a search). False: they look for each other
    /// (people that training has never seen).
    /// </summary>
    bool IsJudgedInIndex { get; }
}
