using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Tests.Pool;

/// <summary>A sampler that draws the hardest candidate and records what the pool reported, for comparison with the pool.</summary>
internal sealed class RecordingSampler : ISampler
{
    public Dictionary<int, float> Observed { get; } = [];

    public void Observe(int slot, float hardness) => Observed[slot] = hardness;

    public void Forget(int slot) => Assert.True(Observed.Remove(slot));

    public void Draw(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        Assert.Equal(Observed.Count, from.Count);
        var limit = into.Count + count;
        for (var rank = 0; rank < from.Count && into.Count < limit; rank++)
        {
            var slot = from.SlotAtRank(rank);
            Assert.Equal(Observed[slot], from.HardnessOf(slot));
            Assert.Equal(rank, from.RankOf(slot));
            if (from.MayBeDrawn(slot))
                into.Add(new Draw(slot, double.NaN, 0.5f));
        }
    }

    public void Save(StateWriter writer) => writer.WriteInt32(Observed.Count);

    public void Restore(StateReader reader)
    {
        if (reader.ReadInt32() != Observed.Count)
            throw reader.Invalid("the number of observed slots differs");
    }
}
