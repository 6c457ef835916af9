using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// A sampler that returns the hardest candidates first, each at most once. It is deterministic, so it reports no probability. O((count +
/// candidates cooling down) log n).
/// </summary>
public sealed class HardestFirstSampler : StatelessSampler
{
    /// <inheritdoc/>
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
