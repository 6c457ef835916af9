namespace HnmStreams.Pipeline.Baselines;

/// <summary>Baselines that run beside the mined learner, to measure if mining pays.</summary>
public sealed class BaselineOptions
{
    /// <summary>
    /// True runs two more learners with the same initial weights and the same stream, whose negatives are drawn at random. One
    /// takes the same number of steps, the other takes extra steps for the seconds that scoring takes. They cost as much as they train.
    /// </summary>
    public bool Enabled { get; set; }
}
