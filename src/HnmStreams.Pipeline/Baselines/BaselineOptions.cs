namespace HnmStreams.Pipeline.Baselines;

/// <summary>Learners that run beside the mined one to tell whether mining is worth it.</summary>
public sealed class BaselineOptions
{
    /// <summary>
    /// Two more learners from the same initial weights and the same stream, whose negatives are drawn at random: one takes
    /// the same steps, the other gets the seconds of scoring as further steps. They cost as much as they train.
    /// </summary>
    public bool Enabled { get; set; }
}
