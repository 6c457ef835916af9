using HnmStreams.Data.Records;

namespace HnmStreams.Web.Monitoring;

/// <summary>A dead-lettered record without its bytes.</summary>
internal sealed record DeadLetterSummary(Origin Origin, string Reason, string Detail, DateTimeOffset At);

/// <summary>A dead-letter sink that passes dead letters on, stores the most recent ones, and counts all by reason.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RecentDeadLetters(IDeadLetterSink sink, TimeProvider time) : IDeadLetterSink
{
    /// <summary>Maximum number of stored dead letters.</summary>
    public const int Capacity = 50;

    // Reasons are a small fixed set. The bound protects memory if one ever contained data.
    private const int MaxReasons = 100;

    private readonly Lock _gate = new();
    private readonly Queue<DeadLetterSummary> _recent = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public void Write(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        sink.Write(letter);
        lock (_gate)
        {
            _recent.Enqueue(new DeadLetterSummary(letter.Origin, letter.Reason, letter.Detail, time.GetUtcNow()));
            if (_recent.Count > Capacity)
                _recent.Dequeue();
            if (_counts.Count < MaxReasons || _counts.ContainsKey(letter.Reason))
                _counts[letter.Reason] = _counts.GetValueOrDefault(letter.Reason) + 1;
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken) => sink.FlushAsync(cancellationToken);

    /// <summary>Returns the stored dead letters, newest first, and the counts by reason.</summary>
    public (IReadOnlyList<DeadLetterSummary> Recent, IReadOnlyDictionary<string, long> Counts) Snapshot()
    {
        lock (_gate)
            return ([.. _recent.Reverse()], new Dictionary<string, long>(_counts, StringComparer.Ordinal));
    }
}
