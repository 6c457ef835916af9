using HnmStreams.Data.Records;

namespace HnmStreams.Kafka.HardNegatives;

/// <summary>Which candidate, and what is to be said of it; null: it is gone.</summary>
internal readonly record struct HardNegativeChange(string Id, int Unit, HardNegativeEntry? Entry);

/// <summary>
/// What is still to be said of the hard negatives, in order: of each candidate only the newest. New candidates are refused
/// where <paramref name="capacity"/> wait; that one is gone is always taken, since it concerns only what was said before, and
/// there are no more of these than were kept. So all that is said adds up to what is kept, less what was refused.
/// </summary>
/// <remarks>Thread-safe. O(1) each.</remarks>
internal sealed class PendingChanges(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<HardNegativeChange> _order = new();
    private readonly Dictionary<(string Id, int Unit), LinkedListNode<HardNegativeChange>> _places = [];
    private readonly HashSet<(string Id, int Unit)> _said = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _order.Count;
        }
    }

    /// <summary>What is kept at the start is said whatever the capacity.</summary>
    public void Begin(IEnumerable<HardNegativeEntry> kept)
    {
        lock (_lock)
        {
            foreach (var entry in kept)
                Put(new HardNegativeChange(entry.Id, entry.Region, entry));
        }
    }

    /// <summary>False where it was refused.</summary>
    public bool TryEnter(HardNegativeEntry entry)
    {
        lock (_lock)
        {
            if (!_places.ContainsKey((entry.Id, entry.Region)) && _order.Count >= capacity)
                return false;
            Put(new HardNegativeChange(entry.Id, entry.Region, entry));
            return true;
        }
    }

    /// <summary>What was never said need not be taken back.</summary>
    public void Leave(string id, int unit)
    {
        lock (_lock)
        {
            if (_said.Contains((id, unit)))
                Put(new HardNegativeChange(id, unit, null));
            else if (_places.Remove((id, unit), out var place))
                _order.Remove(place);
        }
    }

    /// <summary>What an earlier life has said: taken back, where it is not said again.</summary>
    public void WasSaid(IEnumerable<(string Id, int Unit)> before)
    {
        lock (_lock)
        {
            foreach (var key in before)
            {
                if (_said.Add(key) && !_places.ContainsKey(key))
                    Put(new HardNegativeChange(key.Id, key.Unit, null));
            }
        }
    }

    /// <summary>Takes the oldest, which counts as said.</summary>
    public bool TryTake(out HardNegativeChange change)
    {
        lock (_lock)
        {
            change = default;
            if (_order.First is not { } first)
                return false;
            change = first.Value;
            _order.RemoveFirst();
            _places.Remove((change.Id, change.Unit));
            if (change.Entry is null)
                _said.Remove((change.Id, change.Unit));
            else
                _said.Add((change.Id, change.Unit));
            return true;
        }
    }

    private void Put(HardNegativeChange change)
    {
        if (_places.TryGetValue((change.Id, change.Unit), out var place))
            place.Value = change;
        else
            _places.Add((change.Id, change.Unit), _order.AddLast(change));
    }
}
