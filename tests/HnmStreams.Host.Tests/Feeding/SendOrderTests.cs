using HnmStreams.Host.Feeding;

namespace HnmStreams.Host.Tests.Feeding;

public sealed class SendOrderTests
{
    [Fact]
    public void Each_epoch_is_a_permutation_and_no_two_are_alike()
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
    public void Without_a_seed_the_order_is_the_sets_own() => Assert.Equal([0, 1, 2, 0, 1, 2], SendOrder.Epochs(3, 2, null));

    [Fact]
    public void Without_epochs_it_goes_on_and_of_nothing_it_makes_nothing()
    {
        Assert.Equal(101, SendOrder.Epochs(2, null, 1).Take(101).Count());
        Assert.Empty(SendOrder.Epochs(0, null, 1));
    }

    [Fact]
    public void Draws_take_decks_by_their_share_and_each_deck_in_turn()
    {
        var drawn = SendOrder.Draws([([0, 1, 2], 0.2), ([3, 4], 0), ([5, 6, 7, 8], 0.8)], seed: 5).Take(10_000).ToArray();
        var first = drawn.Where(static i => i < 3).ToArray();
        // Binomial with 10,000 and a fifth: five deviations of 40.
        Assert.InRange(first.Length, 1_800, 2_200);
        Assert.DoesNotContain(3, drawn);
        Assert.All(first.Chunk(3).SkipLast(1), static round => Assert.Equal([0, 1, 2], round.Order()));
        Assert.Equal(drawn, SendOrder.Draws([([0, 1, 2], 0.2), ([3, 4], 0), ([5, 6, 7, 8], 0.8)], seed: 5).Take(10_000));
    }
}
