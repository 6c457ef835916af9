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

/// <summary>Tells the learners that the stream has ended and that no more steps are owed.</summary>
internal sealed record EndOfStream
{
    public static EndOfStream Instance { get; } = new();
}

/// <summary>Asks a learner to finish. Answered by <see cref="Finished"/> after its last step.</summary>
internal sealed record Finish
{
    public static Finish Instance { get; } = new();
}

/// <summary>Answers <see cref="Finish"/>.</summary>
internal sealed record Finished(long ModelVersion);

/// <summary>A snapshot of the trainer. Immutable; for any thread.</summary>
/// <param name="Steps">Applied training steps.</param>
/// <param name="RefusedSteps">Steps refused because a loss or a gradient was NaN or infinite.</param>
/// <param name="TrainedRows">Rows in applied steps.</param>
/// <param name="ModelVersion">The newest published version.</param>
/// <param name="Loss">The exponential moving average of the mean loss over about 50 steps; null before the first step.</param>
/// <param name="Seconds">Compute seconds spent in steps.</param>
public sealed record TrainerStatus(long Steps, long RefusedSteps, long TrainedRows, long ModelVersion, double? Loss, double Seconds)
{
    /// <summary>The status before the first step.</summary>
    public static TrainerStatus Initial { get; } = new(0, 0, 0, 0, null, 0);
}
