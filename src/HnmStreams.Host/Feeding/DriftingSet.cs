using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;

namespace HnmStreams.Host.Feeding;

/// <summary>A data set in memory, sent with simulated drift: classes that appear later, class rates that change, and wrong labels.</summary>
/// <remarks>Deterministic: the same options always send the same examples.</remarks>
internal sealed class DriftingSet
{
    private readonly IReadOnlyList<Example> _examples;
    private readonly DataOptions _options;
    private readonly LabelFlips _flips;
    private readonly long[] _appears;
    private readonly (int[] Indices, double Share)[] _decks;

    /// <exception cref="DataOptionException">A class does not exist, or the options leave nothing to send.</exception>
    public DriftingSet(IReadOnlyList<Example> examples, DataOptions options)
    {
        (_examples, _options) = (examples, options);
        _flips = LabelFlips.Draw(examples, options.Drift, options.Seed);
        _appears = Appearances(examples, options.Drift);
        _decks = Decks(examples, options.Drift, i => HasAppeared(i, sent: 0));
    }

    /// <summary>Returns the examples in the order in which they are sent.</summary>
    /// <param name="epochs">The maximum number of examples, in multiples of the size of the data set; null is unbounded.</param>
    public IEnumerable<SentExample> Send(int? epochs)
    {
        var (sent, limit) = (0L, (long?)epochs * _examples.Count);
        var drift = _options.Drift;
        foreach (var i in SendOrder.Epochs(_examples.Count, epochs, _options.Shuffle ? _options.Seed : null))
        {
            if (_decks.Length > 0 && sent >= drift.After)
                break;
            if (HasAppeared(i, sent))
                yield return Labeled(i, sent++);
        }

        foreach (var i in _decks.Length > 0 ? SendOrder.Draws(_decks, _options.Seed) : [])
        {
            if (sent >= limit)
                yield break;
            if (HasAppeared(i, sent))
                yield return Labeled(i, sent++);
        }
    }

    private bool HasAppeared(int index, long sent) => _appears.Length == 0 || _appears[index] <= sent;

    private SentExample Labeled(int index, long sent)
    {
        var example = _examples[index];
        if (_options.Drift.Flips.Count == 0)
            return new SentExample(example);
        var truth = TargetName.Of(example.Target);
        return sent >= _options.Drift.After && _flips[index] is { } wrong ? new SentExample(example with { Target = wrong }, truth) : new SentExample(example, truth);
    }

    /// <summary>Returns the number of examples sent before each example may appear; empty if all may appear from the start.</summary>
    private static long[] Appearances(IReadOnlyList<Example> examples, DriftOptions drift)
    {
        if (drift.Appears.Count == 0)
            return [];
        var classes = ExamplesByClass.WithOriginalLabels(examples, "drift.appears");
        var appears = new long[examples.Count];
        foreach (var (name, after) in drift.Appears)
        {
            classes.Check($"drift.appears.{name}", name, after);
            foreach (var i in classes[name])
                appears[i] = Math.Max(appears[i], long.Parse(after, CultureInfo.InvariantCulture));
        }

        return appears.Contains(0)
            ? appears
            : throw new DataOptionException("drift.appears", string.Join(", ", drift.Appears.Keys), "no class is available from the start, so nothing could be sent. Remove at least one class");
    }

    /// <summary>Returns one deck per class that has a rate, followed by a deck of all other classes; empty if no rate changes.</summary>
    private static (int[] Indices, double Share)[] Decks(IReadOnlyList<Example> examples, DriftOptions drift, Func<int, bool> isThereAtFirst)
    {
        if (drift.Rates.Count == 0)
            return [];
        var classes = ExamplesByClass.Of(examples, "drift.rates");
        var decks = new List<(int[] Indices, double Share)>();
        foreach (var (name, share) in drift.Rates)
        {
            classes.Check($"drift.rates.{name}", name, share);
            if (drift.Appears.ContainsKey(name))
                throw new DataOptionException($"drift.rates.{name}", share, "the class is also in drift.appears. A class that appears later cannot have a rate");
            decks.Add((classes[name], double.Parse(share, CultureInfo.InvariantCulture)));
        }

        var rest = 1 - decks.Sum(static d => d.Share);
        string[] otherClasses = [.. classes.Names.Where(n => !drift.Rates.ContainsKey(n))];
        var anyCanBeSent = decks.Exists(d => d.Share > 0 && d.Indices.Any(isThereAtFirst)) || (rest > 1e-9 && otherClasses.Any(n => classes[n].Any(isThereAtFirst)));
        if ((rest > 1e-9 && otherClasses.Length == 0) || !anyCanBeSent)
        {
            throw new DataOptionException(
                "drift.rates", string.Join(", ", drift.Rates.Select(static r => $"{r.Key} {r.Value}")), "no class fills the remaining share of the stream. The rates must add up to 1, or a class must be left out");
        }

        return [.. decks, ([.. otherClasses.SelectMany(n => classes[n]).Order()], otherClasses.Length == 0 ? 0 : Math.Max(0, rest))];
    }
}
