using HnmStreams.Mining.Randomness;

namespace HnmStreams.Host.Feeding;

/// <summary>The order in which the examples of a data set are sent. Unbounded unless epochs are given. May be enumerated only once.</summary>
internal static class SendOrder
{
    /// <summary>Returns the indices 0 to <paramref name="count"/> - 1 once per epoch, in a new random order each time or in their own.</summary>
    /// <param name="epochs">The number of epochs; null is unbounded.</param>
    /// <param name="seed">The seed of the shuffling; null keeps the order.</param>
    public static IEnumerable<int> Epochs(int count, int? epochs, ulong? seed)
    {
        if (count == 0)
            yield break;
        var generator = seed is { } value ? new Xoshiro256StarStar(value).Fork(1) : null;
        var order = Enumerable.Range(0, count).ToArray();
        for (var epoch = 0; epochs is null || epoch < epochs; epoch++)
        {
            generator?.Shuffle(order.AsSpan());
            foreach (var i in order)
                yield return i;
        }
    }

    /// <summary>Draws indices without end. Each draw selects a deck by its share and takes the deck's next index. An exhausted deck is shuffled again.</summary>
    /// <param name="decks">The indices and share of each deck. The shares add up to 1, and a deck with a share is not empty.</param>
    public static IEnumerable<int> Draws(IReadOnlyList<(int[] Indices, double Share)> decks, ulong seed)
    {
        var generator = new Xoshiro256StarStar(seed).Fork(2);
        var orders = decks.Select(static d => d.Indices.ToArray()).ToArray();
        var next = new int[decks.Count];
        while (true)
        {
            var deck = Draw(decks, generator.NextDouble());
            if (next[deck] == 0)
                generator.Shuffle(orders[deck].AsSpan());
            yield return orders[deck][next[deck]];
            next[deck] = (next[deck] + 1) % orders[deck].Length;
        }
    }

    // The last deck with a share receives the rounding error.
    private static int Draw(IReadOnlyList<(int[] Indices, double Share)> decks, double draw)
    {
        var last = 0;
        for (var i = 0; i < decks.Count; i++)
        {
            if (decks[i].Share <= 0)
                continue;
            if (draw < decks[i].Share)
                return i;
            (draw, last) = (draw - decks[i].Share, i);
        }

        return last;
    }
}
