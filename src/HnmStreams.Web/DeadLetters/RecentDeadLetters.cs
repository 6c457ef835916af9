using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Web.DeadLetters;

/// <summary>A dead-letter sink that passes dead letters on, stores the most recent ones, and counts all by reason.</summary>
/// <remarks>Thread-safe. Memory is bounded by <see cref="Capacity"/> dead letters and <see cref="MaxBytes"/> of keys and values; beyond it only the previews of the oldest remain.</remarks>
internal sealed class RecentDeadLetters(IDeadLetterSink sink, TimeProvider time) : IDeadLetterSink
{
    /// <summary>Maximum number of stored dead letters.</summary>
    public const int Capacity = 50;

    /// <summary>Maximum size of the stored keys and values.</summary>
    public const long MaxBytes = 8 * 1024 * 1024;

    // Reasons are a small fixed set. The bound protects memory if one ever contained data.
    private const int MaxReasons = 100;

    private const int MaxIdLength = 200;

    private readonly Lock _gate = new();
    // Oldest first.
    private readonly List<StoredDeadLetter> _recent = new(Capacity);
    private long _bytes;
    private readonly Dictionary<string, RejectionReason> _reasons = new(StringComparer.Ordinal);

    public void Write(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        sink.Write(letter);
        lock (_gate)
        {
            Store(new StoredDeadLetter(letter.Origin, letter.Row, letter.Reason, letter.Detail, time.GetUtcNow(), StoredBytes.Of(letter.Key), StoredBytes.Of(letter.Value)));
            if (_reasons.TryGetValue(letter.Reason, out var known))
                _reasons[letter.Reason] = known with { Count = known.Count + 1 };
            else if (_reasons.Count < MaxReasons)
                _reasons[letter.Reason] = new RejectionReason(letter.Reason, 1, ExampleOf(letter), letter.Detail);
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken) => sink.FlushAsync(cancellationToken);

    /// <summary>Returns the stored dead letters, newest first, and the counts by reason.</summary>
    public (IReadOnlyList<StoredDeadLetter> Recent, IReadOnlyDictionary<string, long> Counts) Snapshot()
    {
        lock (_gate)
            return ([.. _recent.AsEnumerable().Reverse()], _reasons.ToDictionary(pair => pair.Key, pair => pair.Value.Count, StringComparer.Ordinal));
    }

    /// <summary>Returns the reasons with their counts and one example each, the most frequent first.</summary>
    public IReadOnlyList<RejectionReason> Reasons()
    {
        lock (_gate)
            return [.. _reasons.Values.OrderByDescending(reason => reason.Count).ThenBy(reason => reason.Reason, StringComparer.Ordinal)];
    }

    /// <summary>Returns the newest stored dead letter with an id, or null if none is stored.</summary>
    public StoredDeadLetter? Find(string id)
    {
        lock (_gate)
            return _recent.FindLast(letter => string.Equals(letter.Id, id, StringComparison.Ordinal));
    }

    private void Store(StoredDeadLetter letter)
    {
        if (_recent.Count == Capacity)
        {
            _bytes -= _recent[0].StoredLength;
            _recent.RemoveAt(0);
        }

        _recent.Add(letter);
        _bytes += letter.StoredLength;
        for (var oldest = 0; _bytes > MaxBytes && oldest < _recent.Count; oldest++)
        {
            var before = _recent[oldest].StoredLength;
            _recent[oldest] = _recent[oldest].Shortened();
            _bytes += _recent[oldest].StoredLength - before;
        }
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
