using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;

namespace HnmStreams.Data.Sets;

/// <summary>
/// A data set prepared as configured: read, labels selected, deduplicated, split, downsampled, in this order. The same settings
/// always give the same examples.
/// </summary>
/// <remarks>Thread-safe. Each enumeration reads the files again.</remarks>
public sealed class ExampleSet
{
    private readonly string _path;
    private readonly string? _testPath;
    private readonly DataOptions _options;
    private readonly SplitKind _by;

    private ExampleSet(string path, string? testPath, DataOptions options, SplitKind by) =>
        (_path, _testPath, _options, _by) = (path, testPath, options, by);

    /// <summary>True if the set has a test part.</summary>
    public bool HasTest => _testPath is not null || _by != SplitKind.None;

    /// <summary>True if the training part is streamed instead of held in memory.</summary>
    public bool IsStreamed => _by != SplitKind.Time && _options.Downsampling.Count == 0;

    /// <summary>The examples and boxes that were skipped so far, over all enumerations.</summary>
    public SkipCounts Skipped { get; } = new();

    /// <summary>Opens the set and checks everything that can be checked without reading it completely.</summary>
    /// <param name="path">An existing file or folder.</param>
    /// <param name="testPath">An existing file or folder with the test set, or null.</param>
    /// <exception cref="DataSourceException">The path holds no readable data set.</exception>
    /// <exception cref="DataOptionException">A setting does not fit the data.</exception>
    public static ExampleSet Open(string path, string? testPath, DataOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        var by = options.Split.By;
        var hasPart = ExampleReaders.HasPart(path, options, options.Split.Test);
        if (by == SplitKind.Auto)
            by = testPath is null && hasPart ? SplitKind.Files : SplitKind.None;
        else if (by == SplitKind.Files && !hasPart)
            throw new DataOptionException("split.test", options.Split.Test, $"{path} has no part of this name; set data.split.test to an existing part, or data.split.by to id, content, label, time or none");
        var set = new ExampleSet(path, testPath, options, by);
        _ = set.Reader(SetPart.Train);
        if (set.HasTest)
            _ = set.Reader(SetPart.Test);
        return set;
    }

    /// <summary>Returns a part in the order of the files, or in the order of time for a split by time. The training part is downsampled.</summary>
    /// <exception cref="DataSourceException">On enumeration: a file is damaged.</exception>
    /// <exception cref="DataOptionException">
    /// On enumeration: a setting names a label or class that does not exist, or the set exceeds data.maxHeldBytes.
    /// </exception>
    public IEnumerable<Example> Read(SetPart part, CancellationToken ct = default)
    {
        if (part == SetPart.Test && !HasTest)
            return [];
        var read = Selected(part, ct);
        if (_by == SplitKind.Time)
            read = TimeSplit.Part(Held(read), _options.Split.Share, part);
        return part == SetPart.Train && _options.Downsampling.Count > 0 ? ClassDownsampling.Apply(Held(read), _options.Downsampling, _options.Seed) : read;
    }

    /// <summary>Loads a part into memory.</summary>
    /// <exception cref="DataSourceException">A file is damaged.</exception>
    /// <exception cref="DataOptionException">A setting does not fit the data, the part exceeds data.maxHeldBytes, or it holds no example.</exception>
    public IReadOnlyList<Example> Load(SetPart part, CancellationToken ct = default)
    {
        var examples = Held(Read(part, ct));
        return examples.Count > 0 || (part == SetPart.Test && !HasTest)
            ? examples
            : throw new DataOptionException("split.by", _by.ToString(), $"the {(part == SetPart.Train ? "training" : "test")} part has no examples; check data.labels, data.unique and data.split");
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
                Skipped.Add("duplicates", example.Id);
            else if (rule is null || rule.PartOf(example) == part)
                yield return example;
        }

        // A separate test part may lack a rare class.
        if (part == SetPart.Train)
            labels.CheckNames();
    }

    private IReadOnlyList<Example> Held(IEnumerable<Example> examples)
    {
        if (examples is IReadOnlyList<Example> list)
            return list;
        var held = new List<Example>();
        var memory = new HeldMemory();
        foreach (var example in examples)
        {
            memory.Add(example);
            if (memory.Bytes > _options.MaxHeldBytes)
            {
                throw new DataOptionException(
                    "maxHeldBytes", FormattableString.Invariant($"{_options.MaxHeldBytes}"), FormattableString.Invariant($"{held.Count} examples reach this limit; increase it, or stream the set: data.shuffle = false, no downsampling, no split by time"));
            }

            held.Add(example);
        }

        return held;
    }
}
