using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Tests.Pool;

public sealed class KeyHashTableTests
{
    /// <summary>Compares with a dictionary for sequential ids, ids with equal low bits, and random ids.</summary>
    [Theory]
    [InlineData(1L)]
    [InlineData(1L << 20)]
    [InlineData(0x9E3779B97F4A7C15UL >> 1)]
    public void Agrees_with_a_dictionary_over_many_operations(long factor)
    {
        var generator = new Xoshiro256StarStar(20_260_503);
        var residents = new PoolEntry<long>[4_000];
        var table = new KeyHashTable<long>(4);
        var model = new Dictionary<CandidateKey<long>, int>();
        var free = new Stack<int>(Enumerable.Range(0, residents.Length));
        for (var step = 0; step < 300_000; step++)
        {
            var key = new CandidateKey<long>(generator.NextInt32(6_000) * factor, generator.NextInt32(2));
            var hash = KeyHashTable<long>.HashOf(key);
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
                (residents[slot].Id, residents[slot].Region) = (key.Id, key.Region);
                table.Add(hash, slot);
                model.Add(key, slot);
            }
        }

        Assert.NotEmpty(model);
        foreach (var (key, slot) in model)
            Assert.Equal(slot, table.Find(key, KeyHashTable<long>.HashOf(key), residents));
        table.Clear();
        Assert.Equal(-1, table.Find(model.Keys.First(), KeyHashTable<long>.HashOf(model.Keys.First()), residents));
    }
}
