using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;

namespace HnmStreams.Host.Feeding;

/// <summary>A set in memory as it is sent: in its order, with classes that appear later, rates that change, and wrong labels.</summary>
/// <remarks>The same options send the same examples, always.</remarks>
internal sealed class DriftingSet
{
    private readonly IReadOnlyList<Example> _examples;
    private readonly DataOptions _options;
    private readonly LabelFlips _flips;
    private readonly long[] _appears;
    private readonly (int[] Indices, double Share)[] _decks;

    /// <exception cref="DataOptionException">A class is not there, or nothing could ever be sent.</exception>
    public DriftingSet(IReadOnlyList<Example> examples, DataOptions options)
    {
        (_examples, _options) = (examples, options);
        _flips = LabelFlips.Draw(examples, options.Drift, options.Seed);
        _appears = Appearances(examples, options.Drift);
        _decks = Decks(examples, options.Drift);
    }

    /// <param name="epochs">Ends after so many times the set's size at most; null is without end.</param>
    public IEnumerable<SentExample> Send(int? epochs)
    {
        var (sent, most) = (0L, (long?)epochs * _examples.Count);
        var drift = _options.Drift;
        foreach (var i in SendOrder.Epochs(_examples.Count, epochs, _options.Shuffle ? _options.Seed : null))
        {
            if (_decks.Length > 0 && sent >= drift.After)
                break;
            if (IsThere(i, sent))
                yield return At(i, sent++);
        }

        foreach (var i in _decks.Length > 0 ? SendOrder.Draws(_decks, _options.Seed) : [])
        {
            if (sent >= most)
                yield break;
            if (IsThere(i, sent))
                yield return At(i, sent++);
        }
    }

    private bool IsThere(int index, long sent) => _appears.Length == 0 || _appears[index] <= sent;

    private SentExample At(int index, long sent)
    {
        var example = _examples[index];
        if (_options.Drift.Flips.Count == 0)
            return new SentExample(example);
        var truth = TargetName.Of(example.Target);
        return sent >= _options.Drift.After && _flips[index] is { } wrong ? new SentExample(example with { Target = wrong }, truth) : new SentExample(example, truth);
    }

    /// <summary>Of each example how many are sent before it may be; empty where all may from the start.</summary>
    private static long[] Appearances(IReadOnlyList<Example> examples, DriftOptions drift)
    {
        if (drift.Appears.Count == 0)
            return [];
        var classes = ExamplesByClass.Of(examples, "drift.appears");
        var appears = new long[examples.Count];
        foreach (var (name, after) in drift.Appears)
        {
            classes.Check($"drift.appears.{name}", name, after);
            foreach (var i in classes[name])
                appears[i] = long.Parse(after, CultureInfo.InvariantCulture);
        }

        return classes.Names.Any(n => !drift.Appears.ContainsKey(n))
            ? appears
            : throw new DataOptionException("drift.appears", string.Join(", ", drift.Appears.Keys), "no class is there from the start, and nothing could be sent; leave one out");
    }

    /// <summary>Each class that has a rate, then the rest; none where no rate changes.</summary>
    private static (int[] Indices, double Share)[] Decks(IReadOnlyList<Example> examples, DriftOptions drift)
    {
        if (drift.Rates.Count == 0)
            return [];
        var classes = ExamplesByClass.Of(examples, "drift.rates");
        var decks = new List<(int[] Indices, double Share)>();
        foreach (var (name, share) in drift.Rates)
        {
            classes.Check($"drift.rates.{name}", name, share);
            if (drift.Appears.ContainsKey(name))
                throw new DataOptionException($"drift.rates.{name}", share, "the class is in drift.appears as well; a class that appears later keeps its own rate");
            decks.Add((classes[name], double.Parse(share, CultureInfo.InvariantCulture)));
        }

        var rest = 1 - decks.Sum(static d => d.Share);
        string[] others = [.. classes.Names.Where(n => !drift.Rates.ContainsKey(n))];
        var canBeSent = decks.Exists(static d => d.Share > 0) || others.Any(n => !drift.Appears.ContainsKey(n));
        if ((rest > 1e-9 && others.Length == 0) || !canBeSent)
        {
            throw new DataOptionException(
                "drift.rates", string.Join(", ", drift.Rates.Select(static r => $"{r.Key} {r.Value}")), "what they leave of the stream has no class to fill it; let them add up to 1, or leave a class out");
        }

        return [.. decks, ([.. others.SelectMany(n => classes[n]).Order()], others.Length == 0 ? 0 : Math.Max(0, rest))];
    }
}
