namespace HnmStreams.Pipeline.Cluster.Wire;

/// <summary>The reason for which the payload of a row is sent to the learner.</summary>
internal enum SendReason
{
    /// <summary>It is not sent: the learner cannot keep it.</summary>
    None,

    /// <summary>The pool may take it.</summary>
    Pool,

    /// <summary>The reservoir of negatives may take it.</summary>
    Reservoir,

    /// <summary>It is a positive.</summary>
    Positive,

    /// <summary>It is held out.</summary>
    HeldOut,

    /// <summary>The learner needs every payload.</summary>
    Required,
}
