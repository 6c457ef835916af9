using HnmStreams.Data.Synthetic;

namespace HnmStreams.Data.Tests.Synthetic;

public sealed class SplitMix64Tests
{
    [Fact]
    public void Matches_the_published_sequence()
    {
        // Output of Vigna's reference program (prng.di.unimi.it/splitmix64.c) for state 1234567.
        var random = new SplitMix64(1234567);
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        Assert.Equal(expected, Enumerable.Range(0, 5).Select(_ => random.NextUInt64()).ToArray());
    }

    [Fact]
    public void Numbers_cover_their_range_and_stay_inside_it()
    {
        var random = new SplitMix64(7);
        var seen = new int[6];
        for (var i = 0; i < 60_000; i++)
        {
            seen[random.Below(6)]++;
            Assert.InRange(random.NextSingle(), 0f, 0.99999994f);
            Assert.InRange(random.NextDouble(), 0d, Math.BitDecrement(1d));
            Assert.InRange(random.Between(-2, 3), -2f, 3f);
        }

        Assert.All(seen, static n => Assert.InRange(n, 9_500, 10_500));
    }

    [Fact]
    public void Fill_writes_the_words_of_the_sequence()
    {
        var random = new SplitMix64(7);
        var bytes = new byte[11];
        random.Fill(bytes);
        var words = new SplitMix64(7);
        Assert.Equal([.. BitConverter.GetBytes(words.NextUInt64()), .. BitConverter.GetBytes(words.NextUInt64())[..3]], bytes);
    }

    [Fact]
    public void Neighboring_seeds_and_indices_give_distinct_generators()
    {
        var firsts = new HashSet<ulong>();
        for (ulong seed = 0; seed < 100; seed++)
        {
            for (var index = 0; index < 100; index++)
                firsts.Add(SplitMix64.Of(seed, index).NextUInt64());
        }

        Assert.Equal(10_000, firsts.Count);
    }
}
