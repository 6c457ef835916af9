namespace HnmStreams.Pipeline.Flow;

/// <summary>The losses of a training step, which are fresh scores at no cost.</summary>
/// <param name="Hardness">One value per key, of the weights before the step.</param>
/// <param name="Embeddings">The embeddings of all rows, concatenated; empty for tasks without groups.</param>
internal sealed record StepFeedback(IReadOnlyList<CandidateKey> Keys, float[] Hardness, long ModelVersion, float[] Embeddings)
{
    public StepFeedback(IReadOnlyList<CandidateKey> keys, float[] hardness, long modelVersion)
        : this(keys, hardness, modelVersion, [])
    {
    }
}

/// <summary>Exact mode: the feedback of all steps of a round, in order, sent when the round is done.</summary>
internal sealed record TrainedRound(long Number, IReadOnlyList<StepFeedback> Steps);
