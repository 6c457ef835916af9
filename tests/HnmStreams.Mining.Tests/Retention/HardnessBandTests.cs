using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Retention;

namespace HnmStreams.Mining.Tests.Retention;

public sealed class HardnessBandTests
{
    [Fact]
    public void Without_bounds_all_numbers_are_admitted()
    {
        var band = new HardnessBand(new BandOptions());
        band.Observe(1);
        Assert.True(band.Admits(1e30f));
        Assert.True(band.Admits(-1e30f));
        Assert.False(band.Admits(float.NaN));
    }

    [Fact]
    public void A_fixed_bound_holds_from_the_first_example()
    {
        var band = new HardnessBand(new BandOptions { Hardest = 4 });
        Assert.True(band.Admits(4));
        Assert.False(band.Admits(4.1f));
    }

    [Fact]
    public void Percentiles_are_of_what_was_seen_lately_and_hold_once_enough_was()
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
    public void A_saved_band_goes_on_as_it_would_have()
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
        new(new BandOptions { HardestPercentile = 0.9, EasiestPercentile = 0.2, History = 100, MinimumSeen = 100 });
}
