using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Sets;

/// <summary>Simulated label errors: the examples of a set that carry the label of another class.</summary>
/// <remarks>A pure function of examples, shares and seed, the same in every process. Immutable.</remarks>
public sealed class LabelFlips
{
    private readonly Target?[] _wrong;

    private LabelFlips(Target?[] wrong) => _wrong = wrong;

    /// <summary>The number of examples with a wrong label.</summary>
    public int Count => _wrong.Count(static w => w is not null);

    /// <summary>
    /// Chooses the given share of each class, to the nearest whole example, by a hash of the id. The wrong class is drawn
    /// uniformly from the other classes of the set. O(n log n).
    /// </summary>
    /// <exception cref="DataOptionException">A class does not exist, the set has a single class, or the targets are boxes.</exception>
    public static LabelFlips Draw(IReadOnlyList<Example> examples, DriftOptions drift, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(drift);
        var wrong = new Target?[examples.Count];
        if (drift.Flips.Count == 0)
            return new LabelFlips(wrong);
        var classes = ExamplesByClass.Of(examples, "drift.flips");
        foreach (var (name, share) in drift.Flips)
        {
            if (name != DriftOptions.AnyClass)
                classes.Check($"drift.flips.{name}", name, share);
        }

        if (classes.Names.Count < 2)
            throw new DataOptionException("drift.flips", string.Join(", ", drift.Flips.Values), $"flips require at least two classes, but the set has one class only ({classes.Names[0]})");
        foreach (var name in classes.Names)
        {
            if (!drift.Flips.TryGetValue(name, out var text) && !drift.Flips.TryGetValue(DriftOptions.AnyClass, out text))
                continue;
            var members = classes[name];
            var flipped = (int)Math.Round(double.Parse(text, CultureInfo.InvariantCulture) * members.Length, MidpointRounding.AwayFromZero);
            Target[] others = [.. classes.Names.Where(n => n != name).Select(n => examples[classes[n][0]].Target)];
            foreach (var i in members.OrderBy(i => HashSampling.Hash(examples[i].Id, seed)).ThenBy(static i => i).Take(flipped))
                wrong[i] = others[(int)(HashSampling.Hash(examples[i].Id, ~seed) % (ulong)others.Length)];
        }

        return new LabelFlips(wrong);
    }

    /// <summary>The wrong target of the example with this index, or null if it keeps its own.</summary>
    public Target? this[int index] => _wrong[index];
}
