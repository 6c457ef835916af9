using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks;

namespace HnmStreams.Host.Feeding;

/// <summary>Makes the positives of a data set rare: all negatives stay, and a seeded choice of the positives.</summary>
internal static class PositiveThinning
{
    /// <summary>
    /// The examples in their order without the positives that were not chosen. What the task refuses stays: it belongs
    /// to the dead letters, not here. O(examples).
    /// </summary>
    public static IReadOnlyList<Example> Apply(IReadOnlyList<Example> examples, IMiningTask task, int positivesKept, ulong seed)
    {
        var positives = PositivesOf(examples, task);
        if (positives.Count <= positivesKept)
            return examples;
        var order = positives.ToArray();
        new Xoshiro256StarStar(seed).Shuffle(order.AsSpan());
        var left = order.Skip(positivesKept).ToHashSet();
        return [.. examples.Where((_, i) => !left.Contains(i))];
    }

    private static List<int> PositivesOf(IReadOnlyList<Example> examples, IMiningTask task)
    {
        var positives = new List<int>();
        using var rows = new RowBuffer();
        for (var i = 0; i < examples.Count; i++)
        {
            rows.Clear();
            if (task.Encode(examples[i], rows) is null && task.RoleOf(rows.Labels[0]) == ExampleRole.Positive)
                positives.Add(i);
        }

        return positives;
    }
}
