using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// As many equal parts of the ranks as are asked for, and one at random from each: hard, middling and easy residents in
/// every batch. Where the one that was met cools down, the next in its part takes its place. None twice. O(count log n) where none cool down.
/// </summary>
public sealed class StratifiedSampler : StatelessSampler
{
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
