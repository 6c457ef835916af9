using HnmStreams.Mining.Randomness;

namespace HnmStreams.Host.Feeding;

/// <summary>The order in which the examples of a data set are sent.</summary>
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

    /// <summary>Draws indices without end. Each draw selects a class by its share and takes the class's next index. An exhausted class is shuffled again.</summary>
    /// <param name="classes">The indices and share of each class. The shares add up to 1, and a class with a share is not empty.</param>
    public static IEnumerable<int> Draws(IReadOnlyList<(int[] Indices, double Share)> classes, ulong seed)
    {
        var generator = new Xoshiro256StarStar(seed).Fork(2);
        var orders = classes.Select(static c => c.Indices.ToArray()).ToArray();
        var next = new int[classes.Count];
        while (true)
        {
            var drawn = Draw(classes, generator.NextDouble());
            if (next[drawn] == 0)
                generator.Shuffle(orders[drawn].AsSpan());
            yield return orders[drawn][next[drawn]];
            next[drawn] = (next[drawn] + 1) % orders[drawn].Length;
        }
    }

    // The last class with a share receives the rounding error.
    private static int Draw(IReadOnlyList<(int[] Indices, double Share)> classes, double draw)
    {
        var last = 0;
        for (var i = 0; i < classes.Count; i++)
        {
            if (classes[i].Share <= 0)
                continue;
            if (draw < classes[i].Share)
                return i;
            (draw, last) = (draw - classes[i].Share, i);
        }

        return last;
    }
}
