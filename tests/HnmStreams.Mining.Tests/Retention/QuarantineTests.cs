using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Retention;
using HnmStreams.Mining.Tests.Pool;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Tests.Retention;

public sealed class QuarantineTests
{
    private static readonly LabelNoiseOptions Rule = new() { MinVisits = 8, HardestShare = 0.1, RequiredLossDecrease = 0.2 };

    [Fact]
    public void Suspects_a_loss_that_stays_among_the_hardest_but_not_a_decreasing_one()
    {
        Assert.Contains("10 visits, loss 5.000 at first and 5.000 now", LabelNoiseRule.Judge(History(5, 5, 10), Recent(), Rule), StringComparison.Ordinal);
        // The loss decreased by two fifths: hard, but being learned.
        Assert.Null(LabelNoiseRule.Judge(History(9, 5.4f, 10), Recent(), Rule));
        // The loss is constant, but others are as hard.
        Assert.Null(LabelNoiseRule.Judge(History(0.8f, 0.8f, 10), Recent(), Rule));
        // Not enough visits yet.
        Assert.Null(LabelNoiseRule.Judge(History(5, 5, 7), Recent(), Rule));
        Assert.Null(LabelNoiseRule.Judge(History(5, 5, 100), Recent(), new LabelNoiseOptions()));
        Assert.Null(LabelNoiseRule.Judge(History(5, 5, 100), new RecentHardness(5), Rule));
    }

    [Fact]
    public void A_low_loss_clears_the_suspicion_until_more_high_losses_arrive()
    {
        var losses = History(5, 5, 10);
        losses.Add(0.2f);
        Assert.Null(LabelNoiseRule.Judge(losses, Recent(), Rule));
        losses.Add(float.NaN);
        for (var i = 0; i < 4; i++)
            losses.Add(5);
        Assert.NotNull(LabelNoiseRule.Judge(losses, Recent(), Rule));
        Assert.Equal(15, losses.Visits);
        Assert.Equal([5, 5, 5, 5], losses.Last());
    }

    [Fact]
    public void Released_candidates_are_returned_and_confirmed_ones_stay_out()
    {
        var removed = new List<long>();
        var quarantine = new Quarantine<long, string>(Rule, (key, _) => removed.Add(key));
        quarantine.Add(Of(1));
        quarantine.Add(Of(2));
        quarantine.Add(Of(3));
        Assert.True(quarantine.TryRelease(1, 0, out var released));
        Assert.Equal("p1", released.Payload);
        Assert.True(quarantine.Confirm(2, 0));
        Assert.False(quarantine.Confirm(2, 0));
        Assert.False(quarantine.TryRelease(9, 0, out _));
        Assert.Equal([3L], quarantine.Suspects.Select(s => s.Key));
        Assert.Equal((true, false, true, false), (quarantine.IsReleased(1), quarantine.IsConfirmed(1), quarantine.IsConfirmed(2), quarantine.IsReleased(3)));
        Assert.Equal([2L], removed);
        quarantine.Remove(2);
        Assert.False(quarantine.IsConfirmed(2));
    }

    [Fact]
    public void Drops_the_oldest_beyond_its_bounds()
    {
        var removed = new List<long>();
        var quarantine = new Quarantine<long, string>(new LabelNoiseOptions { QuarantineCount = 2, RememberedVerdicts = 2 }, (key, _) => removed.Add(key));
        for (var key = 1; key <= 4; key++)
            quarantine.Add(Of(key));
        Assert.Equal([3L, 4L], quarantine.Suspects.Select(s => s.Key));
        quarantine.Confirm(3, 0);
        quarantine.Confirm(4, 0);
        quarantine.Add(Of(5));
        quarantine.Confirm(5, 0);
        Assert.Equal((false, true, true), (quarantine.IsConfirmed(3), quarantine.IsConfirmed(4), quarantine.IsConfirmed(5)));
        Assert.Equal([1L, 2, 3, 4, 5], removed);
    }

    [Fact]
    public void A_restored_quarantine_continues_exactly_like_the_saved_one()
    {
        var quarantine = new Quarantine<long, string>(Rule);
        for (var key = 1; key <= 6; key++)
            quarantine.Add(Of(key));
        quarantine.Confirm(2, 0);
        quarantine.TryRelease(4, 0, out _);
        var writer = new StateWriter();
        quarantine.Save(writer, NumberCodec.Instance, TextCodec.Instance);
        var restored = new Quarantine<long, string>(Rule);
        var reader = new StateReader(writer.Written);
        restored.Restore(reader, NumberCodec.Instance, TextCodec.Instance);
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(quarantine.Suspects.Select(s => (s.Key, s.Payload, s.Visits, s.SinceVersion, s.Reason)), restored.Suspects.Select(s => (s.Key, s.Payload, s.Visits, s.SinceVersion, s.Reason)));
        Assert.All(restored.Suspects, s => Assert.Equal([1f, 2f], s.LastLosses));
        Assert.Equal((true, true), (restored.IsConfirmed(2), restored.IsReleased(4)));
    }

    private static Suspect<long, string> Of(long key) => new(key, $"p{key}", 9, [1, 2], key * 10, "why");

    private static LossHistory History(float first, float last, int visits)
    {
        var losses = default(LossHistory);
        for (var i = 0; i < visits; i++)
            losses.Add(i < visits / 2 ? first : last);
        return losses;
    }

    // A hundred losses from 0.01 to 1: the hardest tenth starts at 0.9.
    private static RecentHardness Recent()
    {
        var recent = new RecentHardness(100);
        for (var i = 1; i <= 100; i++)
            recent.Observe(i / 100f);
        return recent;
    }
}
