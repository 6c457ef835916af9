using HnmStreams.Mining.Pool.Ordering;

namespace HnmStreams.Mining.Pool;

/// <summary>One order-statistic tree per class or group. A group that has reached its share of the pool replaces its own easiest candidate.</summary>
/// <param name="limit">Maximum number of candidates per group.</param>
/// <remarks>Single-threaded; one owner. Every operation takes O(log n). A group without candidates is removed.</remarks>
internal sealed class GroupRankings(int limit)
{
    private readonly Dictionary<int, OrderStatisticTree> _orders = [];

    /// <summary>The maximum number of candidates per group. After a lower value, <see cref="TryFindExcess"/> finds those that must leave.</summary>
    public int Limit { get; set; } = limit;

    /// <summary>Returns true if the group has reached its share.</summary>
    /// <param name="group">Number of the group.</param>
    /// <param name="easiest">Key of the easiest candidate of the group if it is full; otherwise 0.</param>
    public bool IsFull(int group, out long easiest)
    {
        easiest = 0;
        if (!_orders.TryGetValue(group, out var order) || order.Count < Limit)
            return false;
        easiest = order.Smallest;
        return true;
    }

    public void Add(int group, long key)
    {
        if (!_orders.TryGetValue(group, out var order))
            _orders[group] = order = new OrderStatisticTree(0);
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

    /// <summary>Finds the easiest candidate of a group that holds more than its share.</summary>
    public bool TryFindExcess(out long easiest)
    {
        foreach (var order in _orders.Values)
        {
            if (order.Count > Limit)
            {
                easiest = order.Smallest;
                return true;
            }
        }

        easiest = 0;
        return false;
    }
}
