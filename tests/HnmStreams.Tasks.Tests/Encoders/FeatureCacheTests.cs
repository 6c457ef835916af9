using HnmStreams.Tasks.Encoders;

namespace HnmStreams.Tasks.Tests.Encoders;

public sealed class FeatureCacheTests
{
    [Fact]
    public void Returns_what_was_written_and_replaces_entries_when_it_is_full()
    {
        var cache = new FeatureCache(entryBytes: 4, maxBytes: 4 * 1_500);
        var read = new byte[4];
        for (var i = 0; i < 10_000; i++)
        {
            cache.Write((UInt128)i, BitConverter.GetBytes(i));
            Assert.True(cache.TryRead((UInt128)i, read));
            Assert.Equal(i, BitConverter.ToInt32(read));
        }

        Assert.Equal(1_500, cache.Count);
        var kept = Enumerable.Range(0, 10_000).Where(i => cache.TryRead((UInt128)i, read) && BitConverter.ToInt32(read) == i).Count();
        Assert.Equal(1_500, kept);
    }

    [Fact]
    public void Hits_for_its_share_of_a_set_that_is_read_again_and_again()
    {
        var cache = new FeatureCache(entryBytes: 1, maxBytes: 500);
        for (var epoch = 0; epoch < 10; epoch++)
        {
            for (var i = 0; i < 1_000; i++)
            {
                if (!cache.TryRead((UInt128)i, new byte[1]))
                    cache.Write((UInt128)i, [1]);
            }
        }

        // Least-recently-used replacement would have none.
        Assert.InRange(cache.Hits, 1_000, 5_000);
    }

    [Fact]
    public void A_second_entry_of_a_key_replaces_the_first()
    {
        var cache = new FeatureCache(1, 10);
        cache.Write(7, [1]);
        cache.Write(7, [2]);
        var read = new byte[1];
        Assert.True(cache.TryRead(7, read));
        Assert.Equal((2, 1), (read[0], cache.Count));
    }
}
