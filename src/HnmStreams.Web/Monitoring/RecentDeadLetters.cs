using HnmStreams.Data.Records;

namespace HnmStreams.Web.Monitoring;

/// <summary>A record that was refused, without its bytes.</summary>
internal sealed record RefusedRecord(Origin Origin, string Reason, string Detail, DateTimeOffset At);

/// <summary>Passes dead letters on and remembers the last ones, and how many there were of each reason, for whoever looks.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RecentDeadLetters(IDeadLetterSink sink, TimeProvider time) : IDeadLetterSink
{
    /// <summary>Letters remembered.</summary>
    public const int Most = 50;

    // Reasons are short stable codes of ours; a bound all the same.
    private const int MostReasons = 100;

    private readonly Lock _gate = new();
    private readonly Queue<RefusedRecord> _last = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public void Write(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        sink.Write(letter);
        lock (_gate)
        {
            _last.Enqueue(new RefusedRecord(letter.Origin, letter.Reason, letter.Detail, time.GetUtcNow()));
            if (_last.Count > Most)
                _last.Dequeue();
            if (_counts.Count < MostReasons || _counts.ContainsKey(letter.Reason))
                _counts[letter.Reason] = _counts.GetValueOrDefault(letter.Reason) + 1;
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken) => sink.FlushAsync(cancellationToken);

    /// <summary>The last ones, newest first, and the counts by reason.</summary>
    public (IReadOnlyList<RefusedRecord> Last, IReadOnlyDictionary<string, long> Counts) Look()
    {
        lock (_gate)
            return ([.. _last.Reverse()], new Dictionary<string, long>(_counts, StringComparer.Ordinal));
    }
}
