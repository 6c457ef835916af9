using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>Gives the hardest first, none twice. Nothing is left to chance, so there is no probability to give. O((count + cooling) log n).</summary>
public sealed class HardestFirstSampler : StatelessSampler
{
    protected override void DrawSome(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        for (var rank = 0; rank < from.Count && count > 0; rank++)
        {
            var slot = from.SlotAtRank(rank);
            if (!from.MayBeDrawn(slot))
                continue;
            into.Add(new Draw(slot, double.NaN, 1));
            count--;
        }
    }
}
