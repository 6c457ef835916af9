namespace HnmStreams.Torch.Learning;

/// <summary>What one training step did.</summary>
/// <param name="Applied">False for a refused step: weights, buffers and optimizer are as they were.</param>
/// <param name="MeanLoss">Weighted mean of the batch, before the step.</param>
/// <param name="Losses">Unweighted loss of each row, before the step.</param>
/// <param name="Hardness">Of each row, from the same forward pass: a fresh score that costs nothing.</param>
/// <param name="GradientNorm">Euclidean, before clipping; NaN where the loss was not finite.</param>
/// <param name="Refusal">Why the step was refused, else null.</param>
public readonly record struct StepOutcome(
    bool Applied,
    float MeanLoss,
    float[] Losses,
    float[] Hardness,
    float GradientNorm,
    string? Refusal)
{
    /// <summary>Of <see cref="ILearningTask.LossTerms"/>; 0 for a refused step.</summary>
    public long Terms { get; init; }

    /// <summary>Of an <see cref="IEmbeddingTask"/>: each row's embedding, before the step, one behind the other; else none.</summary>
    public float[] Embeddings { get; init; } = [];
}
