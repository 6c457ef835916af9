namespace HnmStreams.Mining.Pool;

/// <summary>An order for each class or group beside the pool's own, so that a group at its share gives up its own easiest.</summary>
/// <param name="share">Residents that a group may have.</param>
/// <remarks>One owner, one thread. O(log n) each. A group that has emptied is forgotten.</remarks>
internal sealed class GroupOrders(int share)
{
    private readonly Dictionary<int, OrderTree> _orders = [];

    /// <param name="easiest">Key of the group's easiest where it is full.</param>
    public bool IsFull(int group, out long easiest)
    {
        easiest = 0;
        if (!_orders.TryGetValue(group, out var order) || order.Count < share)
            return false;
        easiest = order.Smallest;
        return true;
    }

    public void Add(int group, long key)
    {
        if (!_orders.TryGetValue(group, out var order))
            _orders[group] = order = new OrderTree(0);
        order.Add(key);
    }

    public void Remove(int group, long key)
    {
        var order = _orders[group];
        order.Remove(key);
        if (order.Count == 0)
            _orders.Remove(group);
    }

    public void Replace(int group, long old, long key) => _orders[group].Replace(old, key);

    public void Clear() => _orders.Clear();

    /// <summary>The easiest of some group that has more than its share.</summary>
    public bool TryFindExcess(out long easiest)
    {
        foreach (var order in _orders.Values)
        {
            if (order.Count > share)
            {
                easiest = order.Smallest;
                return true;
            }
        }

        easiest = 0;
        return false;
    }
}
