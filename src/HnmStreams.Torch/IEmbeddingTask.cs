using HnmStreams.Torch.Losses.Embeddings;
using static TorchSharp.torch;

namespace HnmStreams.Torch;

/// <summary>A task whose outputs are embeddings and whose labels are groups: examples of one group should be close together.</summary>
public interface IEmbeddingTask : ILearningTask
{
    /// <summary>The cross-batch memory that the learner keeps for the loss.</summary>
    CrossBatchMemoryOptions Memory { get; }

    /// <summary>Returns the unweighted loss per example, with partners from earlier batches.</summary>
    /// <param name="remembered">The remembered embeddings, on the device of the outputs, without gradients.</param>
    Tensor Loss(Tensor outputs, Tensor targets, RememberedEmbeddings remembered);

    /// <summary>Returns the loss of a training step, with partners from earlier batches and random choices from <paramref name="random"/>.</summary>
    /// <param name="remembered">The remembered embeddings, on the device of the outputs, without gradients.</param>
    /// <param name="random">The learner's generator, on the CPU.</param>
    Tensor Loss(Tensor outputs, Tensor targets, RememberedEmbeddings remembered, Generator random) => Loss(outputs, targets, remembered);
}
