using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Sets;

/// <summary>Wrong labels on purpose: which examples of a set carry another class, and which class.</summary>
/// <remarks>A function of the examples, the shares and the seed: the same in every process. Immutable.</remarks>
public sealed class LabelFlips
{
    private readonly Target?[] _wrong;

    private LabelFlips(Target?[] wrong) => _wrong = wrong;

    /// <summary>Examples with a wrong label.</summary>
    public int Count => _wrong.Count(static w => w is not null);

    /// <summary>
    /// Of each class its share, to the nearest whole example, chosen by a hash of the id; the wrong class is any other of
    /// the set, each as likely. O(n log n).
    /// </summary>
    /// <exception cref="DataOptionException">A class is not there, there is no other one, or the targets are boxes.</exception>
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
            throw new DataOptionException("drift.flips", string.Join(", ", drift.Flips.Values), $"there is one class only ({classes.Names[0]}), and no other that a label could be flipped to");
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

    /// <summary>The wrong target of the set's example of this index; null where it keeps its own.</summary>
    public Target? this[int index] => _wrong[index];
}
