namespace HnmStreams.Data.Records;

/// <summary>A destination for dead letters. Implementations are thread-safe and do not wait for delivery.</summary>
public interface IDeadLetterSink
{
    /// <summary>Queues a dead letter for delivery.</summary>
    void Write(DeadLetter letter);

    /// <summary>Completes when every dead letter written before the call is acknowledged.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
