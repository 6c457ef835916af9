using System.ComponentModel.DataAnnotations;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Composition;

/// <summary>How many classes a batch has, and how many items of each.</summary>
public sealed class IdentityMixOptions
{
    /// <summary>Classes (people) in a batch: P.</summary>
    [Range(2, 65_536)]
    public int Classes { get; set; } = 8;

    /// <summary>Items (images) of each: K.</summary>
    [Range(2, 65_536)]
    public int ItemsPerClass { get; set; } = 4;

    /// <summary>A class with fewer different items is not taken: below two there is no pair.</summary>
    [Range(2, 65_536)]
    public int MinimumItems { get; set; } = 2;
}

/// <summary>A batch by identity.</summary>
/// <param name="Items">Indices into the items that were given, K for each class, class after class.</param>
/// <param name="Classes">The classes that were taken, in that order.</param>
/// <param name="Shortfalls">Fewer classes than asked, where too few hold enough items.</param>
public sealed record IdentityPlan(IReadOnlyList<int> Items, IReadOnlyList<int> Classes, IReadOnlyList<MixShortfall> Shortfalls);

/// <summary>
/// P classes with K items each (Hermans, Beyer and Leibe, arXiv 1703.07737, section 3), so that every anchor meets
/// positives and negatives. Classes are drawn evenly among those with enough items; items without repeats, but for a
/// class that holds fewer than K, whose items are each given once before any is given again.
/// </summary>
public static class IdentityMix
{
    /// <param name="labels">Class of each item.</param>
    /// <returns>Deterministic for the state of <paramref name="generator"/>. O(items log classes).</returns>
    public static IdentityPlan Plan(IdentityMixOptions options, ReadOnlySpan<int> labels, Xoshiro256StarStar generator)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(generator);
        var byClass = new SortedDictionary<int, List<int>>();
        for (var item = 0; item < labels.Length; item++)
        {
            if (!byClass.TryGetValue(labels[item], out var members))
                byClass[labels[item]] = members = [];
            members.Add(item);
        }

        var classes = byClass.Where(c => c.Value.Count >= options.MinimumItems).Select(c => c.Key).ToArray();
        generator.Shuffle<int>(classes);
        var taken = classes[..Math.Min(options.Classes, classes.Length)];
        var items = new List<int>(taken.Length * options.ItemsPerClass);
        foreach (var label in taken)
            Draw(byClass[label].ToArray(), options.ItemsPerClass, generator, items);
        IReadOnlyList<MixShortfall> shortfalls = taken.Length < options.Classes ? [new(MixSource.Classes, options.Classes, taken.Length)] : [];
        return new IdentityPlan(items, taken, shortfalls);
    }

    private static void Draw(int[] members, int count, Xoshiro256StarStar generator, List<int> into)
    {
        for (var given = 0; given < count; given++)
        {
            // Each time round the class in a new order.
            if (given % members.Length == 0)
                generator.Shuffle<int>(members);
            into.Add(members[given % members.Length]);
        }
    }
}
