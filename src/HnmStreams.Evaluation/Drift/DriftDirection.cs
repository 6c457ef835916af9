namespace HnmStreams.Evaluation.Drift;

/// <summary>The change of a mean that a detector found.</summary>
public enum DriftDirection
{
    /// <summary>No change.</summary>
    None,

    /// <summary>The mean has risen.</summary>
    Rise,

    /// <summary>The mean has fallen.</summary>
    Fall,
}
