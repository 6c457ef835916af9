namespace HnmStreams.Mining.Pool;

// Admission, eviction, and the order that both depend on.
public sealed partial class HardPool<TId, TPayload>
{
    private static bool Exceeds(float priority, long easiest) => priority > PriorityKey.PriorityOf(easiest);

    private int GroupLimit(int maxCount) => (int)Math.Max(1, maxCount * _options.GroupShare);

    private bool HasRoom(int bytes) => Count < _maxCount && Bytes + bytes <= _options.Bytes;

    // Returns a slot for the new candidate, or -1 if a candidate that would have to leave is at least as hard. In that case nothing leaves.
    private int Admit(in CandidateKey<TId> key, float priority, int bytes, TPayload payload, int group)
    {
        if (_groups is null && HasRoom(bytes))
            return _store.Add(key, payload);
        _marked.Clear();
        var (count, total) = (Count, Bytes + bytes);
        if (_groups is not null && _groups.IsFull(group, out var groupEasiest))
            MarkForRemoval(PriorityKey.SlotOf(groupEasiest), ref count, ref total);
        for (var rank = 0; count >= _maxCount || total > _options.Bytes; rank++)
        {
            if (rank == Count || !Exceeds(priority, rank == 0 ? _order.Smallest : _order[rank]))
                return -1;
            var slot = PriorityKey.SlotOf(rank == 0 ? _order.Smallest : _order[rank]);
            if (_marked.Count == 0 || slot != _marked[0])
                MarkForRemoval(slot, ref count, ref total);
        }

        if (_marked.Count == 0)
            return _store.Add(key, payload);

        // The new candidate takes over the slot of the first one that leaves.
        var reused = _marked[0];
        _onRemoved?.Invoke(_store.KeyOf(reused), _store.Payloads[reused]);
        Unlink(reused);
        _store.Replace(reused, key, payload);
        if (_marked.Count == 1)
            return reused;
        _marked.RemoveAt(0);
        RemoveMarked();
        return reused;
    }

    private void MarkForRemoval(int slot, ref int count, ref long bytes)
    {
        _marked.Add(slot);
        count--;
        bytes -= _store[slot].Bytes;
    }

    private void Move(int slot, float hardness, long version)
    {
        AdvanceVersion(version);
        ref var entry = ref _store[slot];
        var order = PriorityKey.Of(_scale.Of(hardness, version), slot);
        if (order != entry.Order)
        {
            _order.Replace(entry.Order, order);
            _groups?.Replace(entry.Group, entry.Order, order);
        }

        (entry.Hardness, entry.Version, entry.Order) = (hardness, version, order);
        _sampler.Observe(slot, hardness);
        UpdateFloor();
    }

    private int RemoveMarked()
    {
        foreach (var slot in _marked)
            RemoveSlot(slot);
        return _marked.Count;
    }

    private void RemoveSlot(int slot)
    {
        _onRemoved?.Invoke(_store.KeyOf(slot), _store.Payloads[slot]);
        Unlink(slot);
        _store.Remove(slot);
        UpdateFloor();
    }

    // Removes a candidate from everything except its slot.
    private void Unlink(int slot)
    {
        ref var entry = ref _store[slot];
        _order.Remove(entry.Order);
        _groups?.Remove(entry.Group, entry.Order);
        _sampler.Forget(slot);
        Bytes -= entry.Bytes;
    }

    private void UpdateFloor() => _floor = Count >= _maxCount && _order.Count > 0 && _groups is null ? PriorityKey.PriorityOf(_order.Smallest) : float.NegativeInfinity;

    private void AdvanceVersion(long version)
    {
        if (version <= _newestVersion)
            return;
        _newestVersion = version;
        if (_scale.Rebase(version))
            RebuildOrder();
    }

    // Recomputes all priorities and rebuilds the tree.
    private void RebuildOrder()
    {
        _order.Clear();
        _groups?.Clear();
        foreach (var slot in _store.Places)
        {
            ref var entry = ref _store[slot];
            entry.Order = PriorityKey.Of(_scale.Of(entry.Hardness, entry.Version), slot);
            _order.Add(entry.Order);
            _groups?.Add(entry.Group, entry.Order);
        }

        UpdateFloor();
    }

    private void EvictExcess()
    {
        while (Count > _maxCount || Bytes > _options.Bytes)
            RemoveSlot(PriorityKey.SlotOf(_order.Smallest));
        while (_groups is not null && _groups.TryFindExcess(out var easiest))
            RemoveSlot(PriorityKey.SlotOf(easiest));
    }
}
