using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>Gives the hardest first, passing over those that cool down. O((count + cooling) log n).</summary>
public sealed class HardestFirstSampler : ISampler
{
    public void Observe(int slot, float hardness)
    {
    }

    public void Forget(int slot)
    {
    }

    public void Draw(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(into);
        for (var rank = 0; rank < from.Count && count > 0; rank++)
        {
            var slot = from.SlotAtRank(rank);
            if (!from.MayBeDrawn(slot))
                continue;
            into.Add(new Draw(slot, double.NaN, 1));
            count--;
        }
    }

    public void Save(StateWriter writer)
    {
    }

    public void Restore(StateReader reader)
    {
    }
}
