using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Sets;

/// <summary>Makes classes rare: all of the others stay, and a seeded choice of each thinned class, by a hash of the id.</summary>
internal static class ClassDownsampling
{
    /// <summary>
    /// The examples in their order, each thinned class at its share of what is left, to the nearest whole example.
    /// O(n log n).
    /// </summary>
    /// <exception cref="DataOptionException">A class is not there, or is rarer already.</exception>
    public static IReadOnlyList<Example> Apply(IReadOnlyList<Example> examples, IDictionary<string, string> shares, ulong seed)
    {
        if (shares.Count == 0)
            return examples;
        var classes = ExamplesByClass.Of(examples, "downsampling");
        var wanted = shares.ToDictionary(static s => s.Key, static s => double.Parse(s.Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);
        var untouched = classes.Names.Where(n => !wanted.ContainsKey(n)).Sum(n => (long)classes[n].Length);
        var left = untouched / (1 - wanted.Values.Sum());
        var dropped = new HashSet<int>();
        foreach (var (name, share) in wanted)
        {
            classes.Check($"downsampling.{name}", name, shares[name]);
            var members = classes[name];
            var kept = (int)Math.Round(share * left, MidpointRounding.AwayFromZero);
            if (kept > members.Length)
            {
                throw new DataOptionException($"downsampling.{name}", shares[name], string.Create(
                    CultureInfo.InvariantCulture, $"the class has {members.Length} examples, and {kept} were needed; downsampling makes rarer only, so thin the other classes, or ask for {members.Length / (members.Length + left):G3} at most"));
            }

            dropped.UnionWith(members.OrderBy(i => HashSampling.Hash(examples[i].Id, seed)).ThenBy(static i => i).Skip(kept));
        }

        return [.. examples.Where((_, i) => !dropped.Contains(i))];
    }
}
