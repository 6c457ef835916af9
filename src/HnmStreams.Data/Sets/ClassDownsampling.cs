using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Sets;

/// <summary>Downsampling of classes: keeps a seeded choice of each named class, by a hash of the id, and all examples of the other classes.</summary>
internal static class ClassDownsampling
{
    /// <summary>Returns the examples in their order, with each named class at its share of the result, to the nearest whole example. O(n log n).</summary>
    /// <exception cref="DataOptionException">A class does not exist or is rarer than the requested share already.</exception>
    public static IReadOnlyList<Example> Apply(IReadOnlyList<Example> examples, IDictionary<string, string> shares, ulong seed)
    {
        if (shares.Count == 0)
            return examples;
        var classes = ExamplesByClass.Of(examples, "downsampling");
        var wanted = shares.ToDictionary(static s => s.Key, static s => double.Parse(s.Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);
        var untouched = classes.Names.Where(n => !wanted.ContainsKey(n)).Sum(n => (long)classes[n].Length);
        var total = untouched / (1 - wanted.Values.Sum());
        var dropped = new HashSet<int>();
        foreach (var (name, share) in wanted)
        {
            classes.Check($"downsampling.{name}", name, shares[name]);
            var members = classes[name];
            var kept = (int)Math.Round(share * total, MidpointRounding.AwayFromZero);
            if (kept > members.Length)
            {
                throw new DataOptionException($"downsampling.{name}", shares[name], string.Create(
                    CultureInfo.InvariantCulture, $"the class has {members.Length} examples but {kept} are required for this share; downsample the other classes, or set at most {members.Length / (members.Length + total):G3}"));
            }

            dropped.UnionWith(members.OrderBy(i => HashSampling.Hash(examples[i].Id, seed)).ThenBy(static i => i).Skip(kept));
        }

        return [.. examples.Where((_, i) => !dropped.Contains(i))];
    }
}
