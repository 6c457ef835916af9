using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Tests.Sampling;

/// <summary>Tests each sampler against its distribution, and the invariants of all samplers.</summary>
public sealed class SamplerTests
{
    private const ulong Seed = 20_260_506;
    private const int Draws = 60_000;

    // Eight candidates, so 7 degrees of freedom: the 0.1 % critical value is 24.32.
    private const double Critical = 24.32;

    private static readonly float[] Hardness = [0.5f, 3, 0.1f, 8, 1, 5, 2, 0.05f];

    public static TheoryData<SamplerKind> Kinds => [.. Enum.GetValues<SamplerKind>()];

    public static TheoryData<SamplerKind> RandomKinds => [.. Enum.GetValues<SamplerKind>().Where(k => k != SamplerKind.HardestFirst)];

    [Theory]
    [MemberData(nameof(RandomKinds))]
    public void Single_draws_follow_the_stated_distribution(SamplerKind kind)
    {
        var (sampler, slots, generator) = Prepare(kind);
        var expected = Expected(kind);
        Assert.Equal(1, expected.Sum(), 1e-9);
        var counts = new int[Hardness.Length];
        var drawn = new List<Draw>();
        for (var i = 0; i < Draws; i++)
        {
            drawn.Clear();
            sampler.Draw(1, slots, generator, drawn);
            var draw = Assert.Single(drawn);
            Assert.Equal(expected[draw.Slot], draw.Probability, 1e-9);
            counts[draw.Slot]++;
        }

        Assert.InRange(counts.Select((c, slot) => Math.Pow(c - (expected[slot] * Draws), 2) / (expected[slot] * Draws)).Sum(), 0, Critical);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Draws_no_candidate_twice_and_none_that_is_cooling_down(SamplerKind kind)
    {
        var (sampler, slots, generator) = Prepare(kind);
        slots.Cooling.UnionWith([3, 4]);
        var drawn = new List<Draw>();
        for (var count = 0; count < 12; count++)
        {
            for (var i = 0; i < 200; i++)
            {
                drawn.Clear();
                sampler.Draw(count, slots, generator, drawn);
                Assert.DoesNotContain(drawn, d => slots.Cooling.Contains(d.Slot));
                Assert.Equal(drawn.Count, drawn.Select(d => d.Slot).Distinct().Count());
                // All candidates of a stratum may be cooling down. The other samplers draw as many as are eligible.
                if (kind != SamplerKind.Stratified)
                    Assert.Equal(Math.Min(count, 6), drawn.Count);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Draws_nothing_if_the_pool_is_empty_or_all_are_cooling_down(SamplerKind kind)
    {
        var (sampler, slots, generator) = Prepare(kind);
        slots.Cooling.UnionWith(Enumerable.Range(0, Hardness.Length));
        var drawn = new List<Draw>();
        sampler.Draw(5, slots, generator, drawn);
        SamplerOf(kind).Draw(5, new NaiveSlots(), generator, drawn);
        Assert.Empty(drawn);
        // Candidates that were excluded during the draw are eligible afterwards.
        slots.Cooling.Clear();
        sampler.Draw(8, slots, generator, drawn);
        Assert.Equal(8, drawn.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_restored_sampler_continues_exactly_like_the_saved_one(SamplerKind kind)
    {
        var (sampler, slots, generator) = Prepare(kind);
        var writer = new StateWriter();
        sampler.Save(writer);
        generator.Save(writer);
        var restored = SamplerOf(kind);
        slots.ObserveAll(restored);
        var reader = new StateReader(writer.Written);
        restored.Restore(reader);
        var same = reader.ReadGenerator();
        Assert.Equal(0, reader.Remaining);
        for (var i = 0; i < 100; i++)
        {
            var (one, other) = (new List<Draw>(), new List<Draw>());
            sampler.Draw(3, slots, generator, one);
            restored.Draw(3, slots, same, other);
            Assert.Equal(one, other);
        }
    }

    [Fact]
    public void Hardest_first_returns_the_hardest_in_order()
    {
        var (sampler, slots, generator) = Prepare(SamplerKind.HardestFirst);
        slots.Cooling.Add(5);
        var drawn = new List<Draw>();
        sampler.Draw(3, slots, generator, drawn);
        Assert.Equal([3, 1, 6], drawn.Select(d => d.Slot));
    }

    /// <summary>Compares with (N P)^-beta, divided by the value of the least probable candidate.</summary>
    [Theory]
    [InlineData(SamplerKind.Proportional)]
    [InlineData(SamplerKind.Rank)]
    public void Weights_equal_those_of_the_paper(SamplerKind kind)
    {
        var (sampler, slots, generator) = Prepare(kind);
        var expected = Expected(kind);
        var largest = expected.Max(p => Math.Pow(8 * p, -0.4));
        var drawn = new List<Draw>();
        sampler.Draw(8, slots, generator, drawn);
        Assert.Equal(8, drawn.Count);
        Assert.All(drawn, d => Assert.Equal(Math.Pow(8 * expected[d.Slot], -0.4) / largest, d.Weight, 1e-5));
        Assert.Equal(1, drawn.Max(d => d.Weight), 1e-5);
    }

    [Fact]
    public void Draws_with_replacement_are_independent()
    {
        var sampler = new ProportionalSampler(new ProportionalOptions { WithReplacement = true });
        var slots = new NaiveSlots(Hardness);
        slots.ObserveAll(sampler);
        var drawn = new List<Draw>();
        sampler.Draw(Draws, slots, new Xoshiro256StarStar(Seed), drawn);
        var expected = Expected(SamplerKind.Proportional);
        var counts = drawn.CountBy(d => d.Slot).ToDictionary();
        Assert.InRange(Enumerable.Range(0, 8).Sum(slot => Math.Pow(counts[slot] - (expected[slot] * Draws), 2) / (expected[slot] * Draws)), 0, Critical);
    }

    /// <summary>Ten strata of a tenth of the mass: a candidate with three tenths of it is drawn three times, plus or minus its two boundaries.</summary>
    [Fact]
    public void Stratified_proportional_draws_have_low_variance()
    {
        var sampler = new ProportionalSampler(new ProportionalOptions { WithReplacement = true, Stratified = true });
        var slots = new NaiveSlots(Hardness);
        slots.ObserveAll(sampler);
        var expected = Expected(SamplerKind.Proportional);
        var generator = new Xoshiro256StarStar(Seed);
        for (var i = 0; i < 1_000; i++)
        {
            var drawn = new List<Draw>();
            sampler.Draw(100, slots, generator, drawn);
            for (var slot = 0; slot < 8; slot++)
                Assert.InRange(drawn.Count(d => d.Slot == slot), (expected[slot] * 100) - 2, (expected[slot] * 100) + 2);
        }
    }

    [Fact]
    public void A_stratified_draw_has_one_candidate_from_each_stratum()
    {
        var (sampler, slots, generator) = Prepare(SamplerKind.Stratified);
        for (var i = 0; i < 500; i++)
        {
            var drawn = new List<Draw>();
            sampler.Draw(4, slots, generator, drawn);
            Assert.Equal([0, 1, 2, 3], drawn.Select(d => slots.RankOf(d.Slot) / 2));
        }
    }

    private static (ISampler Sampler, NaiveSlots Slots, Xoshiro256StarStar Generator) Prepare(SamplerKind kind)
    {
        var (sampler, slots) = (SamplerOf(kind), new NaiveSlots(Hardness));
        // Removed candidates, in slots among and beyond those in use.
        sampler.Observe(1, 99);
        sampler.Observe(4_000, 99);
        sampler.Forget(1);
        sampler.Forget(4_000);
        slots.ObserveAll(sampler);
        return (sampler, slots, new Xoshiro256StarStar(Seed));
    }

    private static ISampler SamplerOf(SamplerKind kind) => new SamplingOptions { Kind = kind, PercentileBeta = 2 }.Create();

    private static double[] Expected(SamplerKind kind)
    {
        var ranks = Hardness.Select(h => 1 + Hardness.Count(other => other > h)).ToArray();
        double[] masses = kind switch
        {
            SamplerKind.Proportional => [.. Hardness.Select(h => Math.Pow(h + 1e-3, 0.6))],
            SamplerKind.Rank => [.. ranks.Select(r => Math.Pow(r, -0.7))],
            // The integral of the squared percentile over the candidate's step.
            SamplerKind.Percentile => [.. ranks.Select(r => Math.Pow((9 - r) / 8.0, 3) - Math.Pow((8 - r) / 8.0, 3))],
            _ => [.. ranks.Select(_ => 1.0)],
        };
        return [.. masses.Select(m => m / masses.Sum())];
    }
}
