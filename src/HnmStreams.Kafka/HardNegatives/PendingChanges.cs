using HnmStreams.Data.Records;

namespace HnmStreams.Kafka.HardNegatives;

/// <summary>A change to publish: a candidate and its entry, or a null entry if the candidate has left the pool.</summary>
internal readonly record struct HardNegativeChange(string Id, int Region, HardNegativeEntry? Entry);

/// <summary>
/// The queue of changes that are not published yet, in order, with only the newest change of each candidate. New candidates
/// are rejected if <paramref name="capacity"/> changes wait. A removal is always accepted: it concerns only candidates
/// that were published before, so there are no more removals than published candidates. The published changes therefore
/// add up to the content of the pool, except for the rejected candidates.
/// </summary>
/// <remarks>Thread-safe. All operations are O(1) per candidate.</remarks>
internal sealed class PendingChanges(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<HardNegativeChange> _order = new();
    private readonly Dictionary<(string Id, int Region), LinkedListNode<HardNegativeChange>> _waiting = [];
    private readonly HashSet<(string Id, int Region)> _published = [];

    /// <summary>The number of changes that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _order.Count;
        }
    }

    /// <summary>Adds the initial content of the pool, regardless of the capacity.</summary>
    public void Begin(IEnumerable<HardNegativeEntry> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
                Put(new HardNegativeChange(entry.Id, entry.Region, entry));
        }
    }

    /// <summary>Adds a candidate that entered the pool. Returns false if it was rejected.</summary>
    public bool TryEnter(HardNegativeEntry entry)
    {
        lock (_lock)
        {
            if (!_waiting.ContainsKey((entry.Id, entry.Region)) && _order.Count >= capacity)
                return false;
            Put(new HardNegativeChange(entry.Id, entry.Region, entry));
            return true;
        }
    }

    /// <summary>Adds the removal of a candidate that left the pool. A candidate that was never published needs no removal; its waiting change is dropped.</summary>
    public void Leave(string id, int region)
    {
        lock (_lock)
        {
            if (_published.Contains((id, region)))
                Put(new HardNegativeChange(id, region, null));
            else if (_waiting.Remove((id, region), out var waiting))
                _order.Remove(waiting);
        }
    }

    /// <summary>Notes the candidates that an earlier run published, and adds a removal for each one that is not published again.</summary>
    public void AddPublished(IEnumerable<(string Id, int Region)> published)
    {
        lock (_lock)
        {
            foreach (var key in published)
            {
                if (_published.Add(key) && !_waiting.ContainsKey(key))
                    Put(new HardNegativeChange(key.Id, key.Region, null));
            }
        }
    }

    /// <summary>Takes the oldest change, which counts as published from then on. Returns false if none exists.</summary>
    public bool TryTake(out HardNegativeChange change)
    {
        lock (_lock)
        {
            change = default;
            if (_order.First is not { } first)
                return false;
            change = first.Value;
            _order.RemoveFirst();
            _waiting.Remove((change.Id, change.Region));
            if (change.Entry is null)
                _published.Remove((change.Id, change.Region));
            else
                _published.Add((change.Id, change.Region));
            return true;
        }
    }

    private void Put(HardNegativeChange change)
    {
        if (_waiting.TryGetValue((change.Id, change.Region), out var waiting))
            waiting.Value = change;
        else
            _waiting.Add((change.Id, change.Region), _order.AddLast(change));
    }
}
