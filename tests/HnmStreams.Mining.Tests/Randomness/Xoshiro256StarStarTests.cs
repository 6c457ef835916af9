using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Tests.Randomness;

public sealed class Xoshiro256StarStarTests
{
    [Fact]
    public void Equals_the_reference_implementation()
    {
        // The output of the authors' C code for state 1, 2, 3, 4.
        var generator = Xoshiro256StarStar.Restore(new GeneratorState(1, 2, 3, 4));
        Assert.Equal(
            [11520UL, 0UL, 1509978240UL, 1215971899390074240UL, 1216172134540287360UL],
            Enumerable.Range(0, 5).Select(_ => generator.NextUInt64()));
    }

    [Fact]
    public void Seeds_with_SplitMix64()
    {
        var generator = new Xoshiro256StarStar(0);
        Assert.Equal(new GeneratorState(0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f, 0xf88bb8a8724c81ec), generator.Save());
        Assert.Equal(11091344671253066420UL, generator.NextUInt64());
    }

    [Fact]
    public void A_restored_generator_continues_the_sequence()
    {
        var generator = new Xoshiro256StarStar(42);
        generator.NextUInt64();
        var restored = Xoshiro256StarStar.Restore(generator.Save());
        Assert.Equal(
            Enumerable.Range(0, 100).Select(_ => generator.NextUInt64()).ToArray(),
            Enumerable.Range(0, 100).Select(_ => restored.NextUInt64()).ToArray());
        Assert.Throws<ArgumentException>(() => Xoshiro256StarStar.Restore(default));
    }

    [Fact]
    public void Forks_differ_and_do_not_advance_the_parent()
    {
        var parent = new Xoshiro256StarStar(42);
        var before = parent.Save();
        var firsts = Enumerable.Range(0, 100).Select(i => parent.Fork((ulong)i).NextUInt64()).ToHashSet();
        Assert.Equal(100, firsts.Count);
        Assert.Equal(before, parent.Save());
    }

    [Fact]
    public void Integers_are_uniform()
    {
        var generator = new Xoshiro256StarStar(3);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
            counts[generator.NextInt32(7)]++;
        // Chi-square with 6 degrees of freedom: the 0.1 % critical value is 22.46.
        Assert.InRange(counts.Sum(c => Math.Pow(c - 10_000, 2) / 10_000), 0, 22.46);
    }

    [Fact]
    public void Shuffles_uniformly()
    {
        var generator = new Xoshiro256StarStar(5);
        var counts = new int[4, 4];
        for (var trial = 0; trial < 40_000; trial++)
        {
            int[] items = [0, 1, 2, 3];
            generator.Shuffle<int>(items);
            for (var position = 0; position < 4; position++)
                counts[items[position], position]++;
        }

        // 9 degrees of freedom: the 0.1 % critical value is 27.88.
        Assert.InRange(counts.Cast<int>().Sum(c => Math.Pow(c - 10_000, 2) / 10_000), 0, 27.88);
    }
}
