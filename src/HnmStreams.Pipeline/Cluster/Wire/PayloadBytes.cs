namespace HnmStreams.Pipeline.Cluster.Wire;

/// <summary>The bytes of the payloads of one batch, by the reason for which they are sent.</summary>
/// <remarks>One owner.</remarks>
internal sealed class PayloadBytes
{
    private readonly long[] _bytes = new long[Enum.GetValues<SendReason>().Length];

    public void Add(SendReason reason, long bytes) => _bytes[(int)reason] += bytes;

    /// <summary>Returns the bytes of a batch by kind.</summary>
    /// <param name="total">The bytes of the batch.</param>
    public SentBytes Of(long total) => new(total - _bytes.Sum(), this[SendReason.Pool], this[SendReason.Reservoir], this[SendReason.Positive], this[SendReason.HeldOut], this[SendReason.Required]);

    private long this[SendReason reason] => _bytes[(int)reason];
}
