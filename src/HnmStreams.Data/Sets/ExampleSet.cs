using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;

namespace HnmStreams.Data.Sets;

/// <summary>
/// A data set as its options want it: read, labels chosen, repeats dropped, split, thinned; in that order. The same
/// options give the same examples, always.
/// </summary>
/// <remarks>Safe from any thread; each enumeration reads anew.</remarks>
public sealed class ExampleSet
{
    private readonly string _path;
    private readonly string? _testPath;
    private readonly DataOptions _options;
    private readonly SplitKind _by;

    private ExampleSet(string path, string? testPath, DataOptions options, SplitKind by) =>
        (_path, _testPath, _options, _by) = (path, testPath, options, by);

    /// <summary>Whether there is a part to judge by.</summary>
    public bool HasTest => _testPath is not null || _by != SplitKind.None;

    /// <summary>Whether the part that is learnt from is read as it goes, instead of held in memory.</summary>
    public bool IsStreamed => _by != SplitKind.Time && _options.Downsampling.Count == 0;

    /// <summary>What reading left out so far, over all enumerations.</summary>
    public SkipCounts Skipped { get; } = new();

    /// <summary>Opens and checks what can be checked without reading all.</summary>
    /// <param name="path">A file or folder that exists.</param>
    /// <param name="testPath">Likewise, or null.</param>
    /// <exception cref="DataSourceException">Nothing readable is there.</exception>
    /// <exception cref="DataOptionException">An option does not fit the data.</exception>
    public static ExampleSet Open(string path, string? testPath, DataOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        var by = options.Split.By;
        var hasPart = ExampleReaders.HasPart(path, options, options.Split.Test);
        if (by == SplitKind.Auto)
            by = testPath is null && hasPart ? SplitKind.Files : SplitKind.None;
        else if (by == SplitKind.Files && !hasPart)
            throw new DataOptionException("split.test", options.Split.Test, $"{path} has no part of that name; name one that it has, or set data.split.by to id, content, label, time or none");
        var set = new ExampleSet(path, testPath, options, by);
        _ = set.Reader(SetPart.Train);
        if (set.HasTest)
            _ = set.Reader(SetPart.Test);
        return set;
    }

    /// <summary>A part, thinned where it is the one to learn from; in the files' order, or in the order of time.</summary>
    /// <exception cref="DataSourceException">On enumeration: a file is damaged.</exception>
    /// <exception cref="DataOptionException">On enumeration: an option names what is not there, or the set does not fit into data.maxHeldBytes.</exception>
    public IEnumerable<Example> Read(SetPart part, CancellationToken ct = default)
    {
        if (part == SetPart.Test && !HasTest)
            return [];
        var read = Selected(part, ct);
        if (_by == SplitKind.Time)
            read = TimeSplit.Part(Held(read), _options.Split.Share, part);
        return part == SetPart.Train && _options.Downsampling.Count > 0 ? ClassDownsampling.Apply(Held(read), _options.Downsampling, _options.Seed) : read;
    }

    /// <summary>A part in memory.</summary>
    /// <exception cref="DataSourceException">A file is damaged.</exception>
    /// <exception cref="DataOptionException">An option does not fit the data, or the part does not fit into data.maxHeldBytes, or holds no example.</exception>
    public IReadOnlyList<Example> Load(SetPart part, CancellationToken ct = default)
    {
        var examples = Held(Read(part, ct));
        return examples.Count > 0 || (part == SetPart.Test && !HasTest)
            ? examples
            : throw new DataOptionException("split.by", _by.ToString(), $"no example is left to {(part == SetPart.Train ? "learn from" : "judge by")}; look at data.labels, data.unique and data.split");
    }

    private IExampleReader Reader(SetPart part)
    {
        if (part == SetPart.Test && _testPath is not null)
            return ExampleReaders.Open(_testPath, _options, _options.Split.Test, Skipped);
        return ExampleReaders.Open(_path, _options, part == SetPart.Test && _by == SplitKind.Files ? _options.Split.Test : _options.Split.Train, Skipped);
    }

    private IEnumerable<Example> Selected(SetPart part, CancellationToken ct)
    {
        var labels = new LabelFilter(_options);
        var seen = _options.Unique ? new HashSet<UInt128>() : null;
        var rule = SplitRule.Decides(_by) ? new SplitRule(_options.Split) : null;
        foreach (var read in Reader(part).Read(ct))
        {
            if (labels.Apply(read) is not { } example)
                continue;
            if (seen?.Add(ContentHash.OfInputAndTarget(example)) == false)
                Skipped.Add("repeats");
            else if (rule is null || rule.PartOf(example) == part)
                yield return example;
        }

        // A part of its own to judge by may lack a rare class.
        if (part == SetPart.Train)
            labels.CheckNames();
    }

    private IReadOnlyList<Example> Held(IEnumerable<Example> examples)
    {
        if (examples is IReadOnlyList<Example> list)
            return list;
        var held = new List<Example>();
        long bytes = 0;
        foreach (var example in examples)
        {
            bytes += SizeOf(example.Input);
            if (bytes > _options.MaxHeldBytes)
            {
                throw new DataOptionException(
                    "maxHeldBytes", FormattableString.Invariant($"{_options.MaxHeldBytes}"), FormattableString.Invariant($"{held.Count} examples fill it; allow more, or read the set as it goes: data.shuffle false, no downsampling, no split by time"));
            }

            held.Add(example);
        }

        return held;
    }

    // What the input takes, by and large; an object costs a header beside its content.
    private static long SizeOf(ExampleInput input) => 64 + input switch
    {
        ExampleInput.Dense dense => dense.Data.Length,
        ExampleInput.EncodedImage image => image.Data.Length,
        ExampleInput.Text text => text.Value.Length * sizeof(char),
        ExampleInput.Features features => features.Items.Count * 24L,
        _ => 0,
    };
}
