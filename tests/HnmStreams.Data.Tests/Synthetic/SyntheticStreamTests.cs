using System.IO.Hashing;
using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Synthetic;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Data.Tests.Synthetic;

public sealed class SyntheticStreamTests
{
    [Fact]
    public void An_example_depends_on_seed_and_index_only() =>
        Gen.Select(Gen.ULong, Gen.Long[0, long.MaxValue - 1]).Sample(static (seed, index) =>
        {
            var one = new SyntheticStream(new SyntheticOptions { Seed = seed }).At(index);
            var stream = new SyntheticStream(new SyntheticOptions { Seed = seed }) { Position = index };
            var other = stream.Next();
            Assert.Equal(ExampleText.Of(one.Example), ExampleText.Of(other.Example));
            Assert.Equal((one.Kind, one.Difficulty, one.LabelFlipped), (other.Kind, other.Difficulty, other.LabelFlipped));
            Assert.Equal(index + 1, stream.Position);
            Assert.Equal($"syn-{index}", one.Example.Id);
        });

    [Fact]
    public void The_first_thousand_images_are_the_same_on_every_machine()
    {
        var hash = new XxHash64();
        var stream = new SyntheticStream(new SyntheticOptions { PositiveRate = 0.3, LookAlikeRate = 0.3 });
        for (var i = 0; i < 1000; i++)
            hash.Append(Pixels(stream.Next()).Span);
        Assert.Equal("20EF136DB7AC374A", Convert.ToHexString(hash.GetCurrentHash()));
    }

    [Fact]
    public void Different_seeds_give_different_streams()
    {
        var one = new SyntheticStream(new SyntheticOptions { Seed = 1 }).At(0);
        var other = new SyntheticStream(new SyntheticOptions { Seed = 2 }).At(0);
        Assert.NotEqual(Pixels(one).ToArray(), Pixels(other).ToArray());
    }

    [Fact]
    public void Kinds_occur_at_their_rates_with_the_right_labels()
    {
        var all = Take(new SyntheticOptions { PositiveRate = 0.05, LookAlikeRate = 0.2 }, 20_000);
        // Five standard deviations of a binomial count.
        Assert.InRange(all.Count(static e => e.Kind == SyntheticKind.Positive), 1000 - 155, 1000 + 155);
        Assert.InRange(all.Count(static e => e.Kind == SyntheticKind.LookAlike), 4000 - 283, 4000 + 283);
        Assert.All(all, static e => Assert.Equal(new Target.ClassIndex(e.Kind == SyntheticKind.Positive ? 1 : 0), e.Example.Target));
        Assert.DoesNotContain(all, static e => e.LabelFlipped);
    }

    [Fact]
    public void Wrong_labels_occur_at_their_rate_and_are_reported()
    {
        var all = Take(new SyntheticOptions { PositiveRate = 0.5, WrongLabelRate = 0.1 }, 10_000);
        Assert.InRange(all.Count(static e => e.LabelFlipped), 1000 - 150, 1000 + 150);
        Assert.All(all, static e => Assert.Equal((e.Kind == SyntheticKind.Positive) != e.LabelFlipped, e.Example.Target is Target.ClassIndex { Index: 1 }));
    }

    [Fact]
    public void Wrong_labels_do_not_change_the_images()
    {
        var right = Take(new SyntheticOptions(), 200);
        var wrong = Take(new SyntheticOptions { WrongLabelRate = 1 }, 200);
        Assert.Equal(right.Select(static e => Convert.ToHexString(Pixels(e).Span)), wrong.Select(static e => Convert.ToHexString(Pixels(e).Span)), StringComparer.Ordinal);
    }

    [Fact]
    public void Difficulty_is_in_the_range_of_its_kind()
    {
        var all = Take(new SyntheticOptions { PositiveRate = 0.2, LookAlikeRate = 0.4 }, 5000);
        Assert.All(all.Where(static e => e.Kind == SyntheticKind.Positive), static e => Assert.Equal(0, e.Difficulty));
        Assert.All(all.Where(static e => e.Kind == SyntheticKind.EasyNegative), static e => Assert.InRange(e.Difficulty, 0, 0.25));
        Assert.All(all.Where(static e => e.Kind == SyntheticKind.LookAlike), static e => Assert.InRange(e.Difficulty, 0.4, 1));
        Assert.Equal(6, all.Where(static e => e.Kind == SyntheticKind.EasyNegative).Select(static e => e.Difficulty).Distinct().Count());
    }

    [Theory]
    [InlineData(16)]
    [InlineData(28)]
    [InlineData(33)]
    [InlineData(256)]
    public void Images_have_the_configured_size(int size)
    {
        var e = new SyntheticStream(new SyntheticOptions { Size = size }).Next().Example;
        var dense = Assert.IsType<ExampleInput.Dense>(e.Input);
        Assert.Equal([size, size], dense.Shape);
        Assert.Equal(size * size, dense.Data.Length);
    }

    [Theory]
    [InlineData(-0.1, 0.1, 28)]
    [InlineData(0.6, 0.6, 28)]
    [InlineData(double.NaN, 0.1, 28)]
    [InlineData(0.1, 0.1, 15)]
    [InlineData(0.1, 0.1, 257)]
    public void Rejects_options_out_of_range(double positives, double lookAlikes, int size) =>
        Assert.Throws<ArgumentException>(() => new SyntheticStream(new SyntheticOptions { PositiveRate = positives, LookAlikeRate = lookAlikes, Size = size }));

    [Fact]
    public void New_kinds_of_look_alikes_appear_for_good_at_their_examples()
    {
        var stream = new SyntheticStream(new SyntheticOptions { PositiveRate = 0, LookAlikeRate = 1, ChangeAfter = 1_000, ChangeEvery = 2_000, NewestShare = 0.6 });
        Assert.All(Variants(stream, 0, 1_000), static v => Assert.Equal(0, v));
        var first = Variants(stream, 1_000, 3_000);
        // Five standard deviations of a binomial count of 2,000 draws are at most 112.
        Assert.InRange(first.Count(static v => v == 1), 1_200 - 112, 1_200 + 112);
        Assert.Equal(2_000, first.Count(static v => v is 0 or 1));
        var second = Variants(stream, 3_000, 5_000);
        Assert.InRange(second.Count(static v => v == 2), 1_200 - 112, 1_200 + 112);
        Assert.InRange(second.Count(static v => v == 1), 400 - 90, 400 + 90);
        Assert.InRange(second.Count(static v => v == 0), 400 - 90, 400 + 90);
    }

    [Fact]
    public void A_stream_with_changes_begins_like_one_without()
    {
        var changing = Take(new SyntheticOptions { ChangeAfter = 300 }, 300);
        Assert.Equal(Take(new SyntheticOptions(), 300).Select(static e => Convert.ToHexString(Pixels(e).Span)), changing.Select(static e => Convert.ToHexString(Pixels(e).Span)), StringComparer.Ordinal);
    }

    private static List<long> Variants(SyntheticStream stream, int from, int to) => [.. Enumerable.Range(from, to - from).Select(i => stream.At(i).Variant)];

    internal static SyntheticExample[] Take(SyntheticOptions options, int count)
    {
        var stream = new SyntheticStream(options);
        return [.. Enumerable.Range(0, count).Select(_ => stream.Next())];
    }

    internal static ReadOnlyMemory<byte> Pixels(SyntheticExample e) => ((ExampleInput.Dense)e.Example.Input).Data;
}
