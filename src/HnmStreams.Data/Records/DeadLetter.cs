namespace HnmStreams.Data.Records;

/// <summary>A record that could not become an example, with all that is needed to look into it and to send it again.</summary>
/// <param name="Origin">Where it lies; also the key by which repeats are told.</param>
/// <param name="Reason">A short stable code such as <c>malformed</c>, <c>too-large</c>, <c>wrong-shape</c>: the value of a metric's label.</param>
/// <param name="Detail">The sentence for a person.</param>
/// <param name="Key">The original key, or null.</param>
/// <param name="Value">The original value, or null where it was above the size limit and never copied.</param>
public sealed record DeadLetter(Origin Origin, string Reason, string Detail, byte[]? Key, byte[]? Value);

/// <summary>Takes what could not be decoded. Implementations are thread-safe and do not block for delivery.</summary>
public interface IDeadLetterSink
{
    void Write(DeadLetter letter);

    /// <summary>Completes when each letter written before the call is acknowledged.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Learns how far the learner's state has come. This is the place where the issue of durable offsets joins in:
/// until then an implementation only remembers, and commits nothing.
/// </summary>
public interface IPositionSink
{
    void Advance(IReadOnlyList<StreamPosition> positions);
}
