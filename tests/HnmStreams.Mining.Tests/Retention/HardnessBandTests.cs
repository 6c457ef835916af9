using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Retention;

namespace HnmStreams.Mining.Tests.Retention;

public sealed class HardnessBandTests
{
    [Fact]
    public void Admits_every_number_without_bounds()
    {
        var band = new HardnessBand(new BandOptions());
        band.Observe(1);
        Assert.True(band.Admits(1e30f));
        Assert.True(band.Admits(-1e30f));
        Assert.False(band.Admits(float.NaN));
    }

    [Fact]
    public void A_fixed_bound_applies_from_the_first_example()
    {
        var band = new HardnessBand(new BandOptions { Hardest = 4 });
        Assert.True(band.Admits(4));
        Assert.False(band.Admits(4.1f));
    }

    [Fact]
    public void Percentiles_are_over_recent_examples_and_apply_once_enough_were_seen()
    {
        var band = Percentiles();
        for (var i = 1; i <= 99; i++)
            band.Observe(i);
        Assert.True(band.Admits(1_000));
        band.Observe(100);
        Assert.False(band.Admits(91));
        Assert.True(band.Admits(90));
        Assert.True(band.Admits(21));
        Assert.False(band.Admits(20));
        for (var i = 0; i < 100; i++)
            band.Observe(1_000 + i);
        Assert.False(band.Admits(90));
        Assert.True(band.Admits(1_050));
    }

    [Fact]
    public void A_restored_band_continues_exactly_like_the_saved_one()
    {
        var band = Percentiles();
        for (var i = 0; i < 150; i++)
            band.Observe(i);
        var writer = new StateWriter();
        band.Save(writer);
        var restored = Percentiles();
        restored.Restore(new StateReader(writer.Written));
        for (var i = 0; i < 200; i++)
            Assert.Equal(band.Admits(i), restored.Admits(i));
    }

    private static HardnessBand Percentiles() =>
        new(new BandOptions { HardestPercentile = 0.9, EasiestPercentile = 0.2, History = 100, MinSeen = 100 });
}
