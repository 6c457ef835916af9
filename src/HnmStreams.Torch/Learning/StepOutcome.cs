namespace HnmStreams.Torch.Learning;

/// <summary>The result of one training step.</summary>
/// <param name="Applied">False for a refused step, which leaves weights, buffers and optimizer unchanged.</param>
/// <param name="MeanLoss">The weighted mean loss of the batch, before the step.</param>
/// <param name="Losses">The unweighted loss of each row, before the step.</param>
/// <param name="Hardness">The hardness of each row, from the same forward pass: a fresh score at no cost.</param>
/// <param name="GradientNorm">The Euclidean norm of the gradient before clipping; NaN if the loss was not finite.</param>
/// <param name="Refusal">The reason of a refused step, otherwise null.</param>
public readonly record struct StepOutcome(
    bool Applied,
    float MeanLoss,
    float[] Losses,
    float[] Hardness,
    float GradientNorm,
    string? Refusal)
{
    /// <summary>The result of <see cref="ILearningTask.LossTerms"/>; 0 for a refused step.</summary>
    public long Terms { get; init; }

    /// <summary>The embeddings of all rows of an <see cref="IEmbeddingTask"/>, before the step, row after row; empty for other tasks.</summary>
    public float[] Embeddings { get; init; } = [];
}
