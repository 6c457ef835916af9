namespace HnmStreams.Pipeline.Cluster;

/// <summary>The bytes of batches that a score node sent to the learner, by the reason for which they were sent. Immutable.</summary>
/// <param name="Rows">Everything but payloads: keys, labels, offsets, scores.</param>
/// <param name="Pool">Payloads of candidates for the pool.</param>
/// <param name="Reservoir">Payloads of other negatives, for the reservoir.</param>
/// <param name="Positives">Payloads of positives.</param>
/// <param name="HeldOut">Payloads of held-out examples.</param>
/// <param name="Required">Payloads of a learner that needs all of them.</param>
public readonly record struct SentBytes(long Rows, long Pool, long Reservoir, long Positives, long HeldOut, long Required)
{
    /// <summary>The sum.</summary>
    public long Total => Rows + Pool + Reservoir + Positives + HeldOut + Required;

    /// <summary>Returns the bytes since an earlier state.</summary>
    public SentBytes Since(in SentBytes earlier) => new(
        Rows - earlier.Rows, Pool - earlier.Pool, Reservoir - earlier.Reservoir, Positives - earlier.Positives, HeldOut - earlier.HeldOut, Required - earlier.Required);

    /// <summary>Returns the sum with further bytes.</summary>
    public SentBytes And(in SentBytes more) => new(
        Rows + more.Rows, Pool + more.Pool, Reservoir + more.Reservoir, Positives + more.Positives, HeldOut + more.HeldOut, Required + more.Required);
}
