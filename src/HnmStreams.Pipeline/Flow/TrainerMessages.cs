namespace HnmStreams.Pipeline.Flow;

/// <summary>What a step said of its rows: fresh scores, for free.</summary>
/// <param name="Hardness">One for each key, under the weights before the step.</param>
/// <param name="Embeddings">Of a task with groups: each row's, one behind the other; else none.</param>
internal sealed record StepFeedback(IReadOnlyList<CandidateKey> Keys, float[] Hardness, long ModelVersion, float[] Embeddings)
{
    public StepFeedback(IReadOnlyList<CandidateKey> keys, float[] hardness, long modelVersion)
        : this(keys, hardness, modelVersion, [])
    {
    }
}

/// <summary>What all steps of one round said, in order; in exact mode told at once, when the round is done.</summary>
internal sealed record TrainedRound(long Number, IReadOnlyList<StepFeedback> Steps);

/// <summary>The stream has ended and every step that it owed is done.</summary>
internal sealed record EndOfStream
{
    public static EndOfStream Instance { get; } = new();
}

/// <summary>Asks the trainer to publish what it has; answered by <see cref="Finished"/> when no step is under way.</summary>
internal sealed record Finish
{
    public static Finish Instance { get; } = new();
}

internal sealed record Finished(long ModelVersion);

/// <summary>Where the trainer stands; an immutable picture for any thread.</summary>
/// <param name="Loss">Exponential moving average of the mean loss over about 50 steps; null before the first.</param>
/// <param name="Seconds">Compute seconds spent in steps.</param>
public sealed record TrainerStatus(long Steps, long RefusedSteps, long TrainedRows, long ModelVersion, double? Loss, double Seconds)
{
    public static TrainerStatus Initial { get; } = new(0, 0, 0, 0, null, 0);
}
