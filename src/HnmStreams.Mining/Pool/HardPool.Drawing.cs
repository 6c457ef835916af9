using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Pool;

// Drawing, and the view of the pool that samplers see.
public sealed partial class HardPool<TId, TPayload>
{
    /// <inheritdoc/>
    public void Draw(int count, long atStep, Xoshiro256StarStar generator, ICollection<DrawnItem<TId, TPayload>> into)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(into);
        _draws.Clear();
        _marked.Clear();
        _sampler.Draw(count, AsSlots(atStep), generator, _draws);
        foreach (var draw in _draws)
        {
            ref var entry = ref _store[draw.Slot];
            var isFirst = entry.NextStep <= atStep;
            entry.Uses++;
            entry.NextStep = atStep + 1 + _options.CooldownSteps;
            into.Add(new DrawnItem<TId, TPayload>(ItemOf(draw.Slot), draw.Slot, draw.Weight));
            // A sampler with replacement may return a candidate twice, but it is removed once. A candidate that was drawn more often than a
            // bound that was lowered since is removed as well.
            if (entry.Uses == MaxUses || (isFirst && MaxUses > 0 && entry.Uses > MaxUses))
                _marked.Add(draw.Slot);
        }

        RemoveMarked();
    }

    /// <inheritdoc/>
    public void Sample(int count, long atStep, Xoshiro256StarStar generator, ICollection<DrawnItem<TId, TPayload>> into)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(into);
        _draws.Clear();
        _sampler.Draw(count, AsSlots(atStep), generator, _draws);
        foreach (var draw in _draws)
            into.Add(new DrawnItem<TId, TPayload>(ItemOf(draw.Slot), draw.Slot, draw.Weight));
    }

    /// <summary>Returns the pool as a sampler sees it at a training step. The view is reused by the next call. O(1).</summary>
    public IRankedSlots AsSlots(long atStep)
    {
        _view.Step = atStep;
        return _view;
    }

    private sealed class SlotView(HardPool<TId, TPayload> pool) : IRankedSlots
    {
        public long Step { get; set; }

        public int Count => pool.Count;

        public int SlotAtRank(int rank) => PriorityKey.SlotOf(pool._order[pool.Count - 1 - rank]);

        public int RankOf(int slot) => pool.Count - 1 - pool._order.RankOf(pool._store[slot].Order);

        public int SlotAt(int place) => pool._store.Places[place];

        public float HardnessOf(int slot) => pool._store[slot].Hardness;

        public bool MayBeDrawn(int slot) => pool._store[slot].NextStep <= Step;
    }
}
