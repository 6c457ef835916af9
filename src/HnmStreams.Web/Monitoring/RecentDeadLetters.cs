using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

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

    private const int MaxIdLength = 200;

    private readonly Lock _gate = new();
    private readonly Queue<DeadLetterSummary> _recent = new();
    private readonly Dictionary<string, RejectionReason> _reasons = new(StringComparer.Ordinal);

    public void Write(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        sink.Write(letter);
        lock (_gate)
        {
            _recent.Enqueue(new DeadLetterSummary(letter.Origin, letter.Reason, letter.Detail, time.GetUtcNow()));
            if (_recent.Count > Capacity)
                _recent.Dequeue();
            if (_reasons.TryGetValue(letter.Reason, out var known))
                _reasons[letter.Reason] = known with { Count = known.Count + 1 };
            else if (_reasons.Count < MaxReasons)
                _reasons[letter.Reason] = new RejectionReason(letter.Reason, 1, ExampleOf(letter), letter.Detail);
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken) => sink.FlushAsync(cancellationToken);

    /// <summary>Returns the stored dead letters, newest first, and the counts by reason.</summary>
    public (IReadOnlyList<DeadLetterSummary> Recent, IReadOnlyDictionary<string, long> Counts) Snapshot()
    {
        lock (_gate)
            return ([.. _recent.Reverse()], _reasons.ToDictionary(pair => pair.Key, pair => pair.Value.Count, StringComparer.Ordinal));
    }

    /// <summary>Returns the reasons with their counts and one example each, the most frequent first.</summary>
    public IReadOnlyList<RejectionReason> Reasons()
    {
        lock (_gate)
            return [.. _reasons.Values.OrderByDescending(reason => reason.Count).ThenBy(reason => reason.Reason, StringComparer.Ordinal)];
    }

    private static string ExampleOf(DeadLetter letter)
    {
        var id = letter.Id ?? (letter.Key is { Length: > 0 } key ? ControlCharacters.Escape(Encoding.UTF8.GetString(key.AsSpan(0, Math.Min(key.Length, MaxIdLength)))) : "");
        return id.Length switch
        {
            0 => $"offset {letter.Origin.Offset} of {letter.Origin.Topic}[{letter.Origin.Partition}]",
            > MaxIdLength => id[..MaxIdLength],
            _ => id,
        };
    }
}
