using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Tests.Pool;

public sealed class KeyTableTests
{
    /// <summary>Ids that are counted up, ids that share their low bits, and ids at random; always beside a dictionary.</summary>
    [Theory]
    [InlineData(1L)]
    [InlineData(1L << 20)]
    [InlineData(0x9E3779B97F4A7C15UL >> 1)]
    public void A_long_course_agrees_with_a_dictionary(long factor)
    {
        var generator = new Xoshiro256StarStar(20_260_503);
        var residents = new Resident<long>[4_000];
        var table = new KeyTable<long>(4);
        var model = new Dictionary<CandidateKey<long>, int>();
        var free = new Stack<int>(Enumerable.Range(0, residents.Length));
        for (var step = 0; step < 300_000; step++)
        {
            var key = new CandidateKey<long>(generator.NextInt32(6_000) * factor, generator.NextInt32(2));
            var hash = KeyTable<long>.HashOf(key);
            var found = table.Find(key, hash, residents);
            Assert.Equal(model.GetValueOrDefault(key, -1), found);
            if (found >= 0)
            {
                table.Remove(hash, found);
                model.Remove(key);
                free.Push(found);
            }
            else if (free.TryPop(out var slot))
            {
                (residents[slot].Id, residents[slot].Unit) = (key.Id, key.Unit);
                table.Add(hash, slot);
                model.Add(key, slot);
            }
        }

        Assert.NotEmpty(model);
        foreach (var (key, slot) in model)
            Assert.Equal(slot, table.Find(key, KeyTable<long>.HashOf(key), residents));
        table.Clear();
        Assert.Equal(-1, table.Find(model.Keys.First(), KeyTable<long>.HashOf(model.Keys.First()), residents));
    }
}
