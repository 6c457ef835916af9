using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// A sampler that divides the ranking into as many equal parts as candidates are drawn, and draws one at random from each: every batch
/// holds hard, medium and easy candidates. If the chosen candidate is cooling down, the next one in its part is drawn. No candidate is
/// drawn twice. O(count log n) if none is cooling down.
/// </summary>
public sealed class StratifiedSampler : StatelessSampler
{
    /// <inheritdoc/>
    protected override void DrawSome(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        count = Math.Min(count, from.Count);
        for (var part = 0; part < count; part++)
        {
            var begin = (int)((long)part * from.Count / count);
            var size = (int)((part + 1L) * from.Count / count) - begin;
            var start = generator.NextInt32(size);
            for (var i = 0; i < size; i++)
            {
                var slot = from.SlotAtRank(begin + ((start + i) % size));
                if (!from.MayBeDrawn(slot))
                    continue;
                into.Add(new Draw(slot, 1.0 / ((double)count * size), 1));
                break;
            }
        }
    }
}
