using HnmStreams.Pipeline.Memory.Waiting;

namespace HnmStreams.Pipeline.Tests.Memory.Waiting;

/// <summary>What the store must tell the learner.</summary>
internal sealed record Told(WaitingResultKind Kind, string Id, int Input, int Label, int Previous, bool WasPresumed, bool IsEvicted);

/// <summary>A naive model of the waiting store: dictionaries of everything that has arrived, and a search for whatever is due.</summary>
internal sealed class JoinModel(long timeout, long corrections, bool presumes, int negative)
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public int Count => _entries.Count;

    /// <summary>The number of times that each example was learned since its id was last forgotten.</summary>
    public Dictionary<string, int> FirstLessons { get; } = new(StringComparer.Ordinal);

    public IEnumerable<Told> Input(string id, int input, long now)
    {
        if (!_entries.TryGetValue(id, out var entry))
        {
            _entries[id] = new Entry { Input = input, Ends = now + timeout };
            yield break;
        }

        if (entry.Input == input)
            yield break;
        var isFirst = entry.Input is null;
        entry.Input = input;
        if (entry.Label is null)
        {
            entry.Ends = now + timeout;
            yield break;
        }

        entry.Ends = now + corrections;
        yield return isFirst
            ? Lesson(WaitingResultKind.Joined, id, entry, -1, false)
            : Lesson(WaitingResultKind.Corrected, id, entry, entry.Label.Value, entry.IsPresumed);
    }

    public IEnumerable<Told> Label(string id, int label, long time, long now)
    {
        if (!_entries.TryGetValue(id, out var entry))
        {
            _entries[id] = new Entry { Label = label, LabelTime = time, Ends = now + timeout };
            yield break;
        }

        var (before, wasPresumed) = (entry.Label, entry.IsPresumed);
        if (before is not null && !wasPresumed && time < entry.LabelTime)
            yield break;
        (entry.Label, entry.LabelTime, entry.IsPresumed) = (label, time, false);
        if (before == label && !wasPresumed)
            yield break;
        entry.Ends = now + (entry.Input is null ? timeout : corrections);
        if (entry.Input is null)
            yield break;
        yield return before is null
            ? Lesson(WaitingResultKind.Joined, id, entry, -1, false)
            : Lesson(before == label ? WaitingResultKind.Confirmed : WaitingResultKind.Corrected, id, entry, before.Value, wasPresumed);
    }

    public IEnumerable<Told> Both(string id, int input, int label, long time, long now)
    {
        // One record, at most one result: what both halves do one after the other, seen from the end.
        var before = _entries.TryGetValue(id, out var known) ? known with { } : null;
        var told = Label(id, label, time, now).Concat(Input(id, input, now)).ToArray();
        if (told.Length == 0)
            return [];
        var isLearned = before is { Input: not null, Label: not null };
        var kind = !isLearned ? WaitingResultKind.Joined : told.Any(t => t.Kind == WaitingResultKind.Corrected) ? WaitingResultKind.Corrected : WaitingResultKind.Confirmed;
        return [told[^1] with { Kind = kind, Previous = isLearned ? before!.Label!.Value : -1, WasPresumed = isLearned && before!.IsPresumed }];
    }

    public IEnumerable<Told> Tombstone(string id)
    {
        FirstLessons.Remove(id);
        if (_entries.Remove(id, out _))
            yield return new Told(WaitingResultKind.Removed, id, -1, -1, -1, false, false);
    }

    /// <summary>Ends everything that is due, as a set: the order within one moment is not defined.</summary>
    public IEnumerable<Told> Expire(long now) =>
        [.. _entries.Where(e => e.Value.Ends <= now).ToArray().SelectMany(e => End(e.Key, e.Value, now))];

    private IEnumerable<Told> End(string id, Entry entry, long now)
    {
        if (entry is { Input: not null, Label: null } && presumes)
        {
            (entry.Label, entry.IsPresumed, entry.Ends) = (negative, true, now + corrections);
            return [Lesson(WaitingResultKind.Presumed, id, entry, -1, false)];
        }

        _entries.Remove(id);
        FirstLessons.Remove(id);
        return entry switch
        {
            { Label: null } => [new Told(WaitingResultKind.Dropped, id, -1, -1, -1, false, false)],
            { Input: null } => [new Told(WaitingResultKind.LabelDropped, id, -1, -1, -1, false, false)],
            _ => [],
        };
    }

    private Told Lesson(WaitingResultKind kind, string id, Entry entry, int previous, bool wasPresumed)
    {
        if (kind is WaitingResultKind.Joined or WaitingResultKind.Presumed)
            FirstLessons[id] = FirstLessons.GetValueOrDefault(id) + 1;
        return new Told(kind, id, entry.Input!.Value, entry.Label!.Value, previous, wasPresumed, false);
    }

    private sealed record Entry
    {
        public int? Input { get; set; }

        public int? Label { get; set; }

        public long LabelTime { get; set; }

        public bool IsPresumed { get; set; }

        public long Ends { get; set; }
    }
}
