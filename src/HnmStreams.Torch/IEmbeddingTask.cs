using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Losses.Embeddings;
using static TorchSharp.torch;

namespace HnmStreams.Torch;

/// <summary>A task whose outputs are embeddings and whose labels are groups: what is of one group is to lie together.</summary>
public interface IEmbeddingTask : ILearningTask
{
    /// <summary>What the learner is to remember of earlier batches for the loss.</summary>
    CrossBatchMemoryOptions Memory { get; }

    /// <summary>As <see cref="ILearningTask.Loss(Tensor, Tensor)"/>, with partners from earlier batches.</summary>
    /// <param name="remembered">On the device of the outputs, without gradients.</param>
    Tensor Loss(Tensor outputs, Tensor targets, RememberedEmbeddings remembered);
}
