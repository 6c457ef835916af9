using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Tests.Pool;

/// <summary>Gives the hardest, and keeps what the pool told it, so that a test can hold that against the pool.</summary>
internal sealed class MirrorSampler : ISampler
{
    public Dictionary<int, float> Told { get; } = [];

    public void Observe(int slot, float hardness) => Told[slot] = hardness;

    public void Forget(int slot) => Assert.True(Told.Remove(slot));

    public void Draw(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        Assert.Equal(Told.Count, from.Count);
        var wanted = into.Count + count;
        for (var rank = 0; rank < from.Count && into.Count < wanted; rank++)
        {
            var slot = from.SlotAtRank(rank);
            Assert.Equal(Told[slot], from.HardnessOf(slot));
            Assert.Equal(rank, from.RankOf(slot));
            if (from.MayBeDrawn(slot))
                into.Add(new Draw(slot, double.NaN, 0.5f));
        }
    }

    public void Save(StateWriter writer) => writer.WriteInt32(Told.Count);

    public void Restore(StateReader reader)
    {
        if (reader.ReadInt32() != Told.Count)
            throw reader.Invalid("not as many as were observed");
    }
}
