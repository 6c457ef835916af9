using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>Every resident that may be drawn alike, none twice in a draw: a partial shuffle of all that may be. O(n) a draw.</summary>
public sealed class UniformSampler : ISampler
{
    private readonly List<int> _slots = [];

    public void Observe(int slot, float hardness)
    {
    }

    public void Forget(int slot)
    {
    }

    public void Draw(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(into);
        _slots.Clear();
        for (var place = 0; place < from.Count; place++)
        {
            if (from.MayBeDrawn(from.SlotAt(place)))
                _slots.Add(from.SlotAt(place));
        }

        var probability = 1.0 / _slots.Count;
        for (var given = 0; given < count && given < _slots.Count; given++)
        {
            var place = given + generator.NextInt32(_slots.Count - given);
            (_slots[given], _slots[place]) = (_slots[place], _slots[given]);
            into.Add(new Draw(_slots[given], probability, 1));
        }
    }

    public void Save(StateWriter writer)
    {
    }

    public void Restore(StateReader reader)
    {
    }
}
