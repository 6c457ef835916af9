using HnmStreams.Host.Feeding;

namespace HnmStreams.Host.Tests.Feeding;

public sealed class SendOrderTests
{
    [Fact]
    public void Each_epoch_is_a_different_permutation()
    {
        var epochs = SendOrder.Epochs(50, 3, seed: 7).Chunk(50).ToList();
        Assert.Equal(3, epochs.Count);
        Assert.All(epochs, static epoch => Assert.Equal(Enumerable.Range(0, 50), epoch.Order()));
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.NotEqual(epochs[1], epochs[2]);
        Assert.Equal(epochs.SelectMany(static e => e), SendOrder.Epochs(50, 3, seed: 7));
        Assert.NotEqual(epochs.SelectMany(static e => e), SendOrder.Epochs(50, 3, seed: 8));
    }

    [Fact]
    public void Keeps_the_order_without_a_seed() => Assert.Equal([0, 1, 2, 0, 1, 2], SendOrder.Epochs(3, 2, null));

    [Fact]
    public void Is_unbounded_without_epochs_and_empty_for_an_empty_set()
    {
        Assert.Equal(101, SendOrder.Epochs(2, null, 1).Take(101).Count());
        Assert.Empty(SendOrder.Epochs(0, null, 1));
    }

    [Fact]
    public void Draws_decks_by_share_and_each_deck_without_replacement()
    {
        var drawn = SendOrder.Draws([([0, 1, 2], 0.2), ([3, 4], 0), ([5, 6, 7, 8], 0.8)], seed: 5).Take(10_000).ToArray();
        var first = drawn.Where(static i => i < 3).ToArray();
        // Binomial with n = 10,000 and p = 0.2: five standard deviations of 40.
        Assert.InRange(first.Length, 1_800, 2_200);
        Assert.DoesNotContain(3, drawn);
        Assert.All(first.Chunk(3).SkipLast(1), static round => Assert.Equal([0, 1, 2], round.Order()));
        Assert.Equal(drawn, SendOrder.Draws([([0, 1, 2], 0.2), ([3, 4], 0), ([5, 6, 7, 8], 0.8)], seed: 5).Take(10_000));
    }
}
