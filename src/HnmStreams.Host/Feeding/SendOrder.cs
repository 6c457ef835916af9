using HnmStreams.Mining.Randomness;

namespace HnmStreams.Host.Feeding;

/// <summary>In which order a set's examples are sent. Endless where nothing ends it; enumerate once.</summary>
internal static class SendOrder
{
    /// <summary>Indices 0 to <paramref name="count"/> - 1, again for each epoch: shuffled anew, or as they are.</summary>
    /// <param name="epochs">Null is without end.</param>
    /// <param name="seed">Null leaves them as they are.</param>
    public static IEnumerable<int> Epochs(int count, int? epochs, ulong? seed)
    {
        if (count == 0)
            yield break;
        var generator = seed is { } given ? new Xoshiro256StarStar(given).Fork(1) : null;
        var order = Enumerable.Range(0, count).ToArray();
        for (var epoch = 0; epochs is null || epoch < epochs; epoch++)
        {
            generator?.Shuffle(order.AsSpan());
            foreach (var i in order)
                yield return i;
        }
    }

    /// <summary>Draws for ever: first which of the decks, by its share, then the next of that deck; each deck is shuffled whenever it ran through.</summary>
    /// <param name="decks">Indices and their share; shares add up to 1, and a deck with a share is not empty.</param>
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

    // The last deck with a share takes what rounding leaves.
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
