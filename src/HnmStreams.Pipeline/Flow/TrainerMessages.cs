namespace HnmStreams.Pipeline.Flow;

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
