namespace HnmStreams.Evaluation.Outcomes;

/// <summary>
/// A table of what was served against what came true, by model version and by delay of the label: a prequential evaluation for labels that
/// come late.
/// </summary>
/// <remarks>
/// Bounded memory: per version and delay the counts of <c>bins</c> ranges of probability. Ranking metrics treat the probabilities of one
/// range as tied; log loss and Brier score are exact. <see cref="Add"/> takes O(1). Single-threaded; one owner.
/// </remarks>
public sealed class OutcomeTable
{
    private static readonly TimeSpan[] Edges =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(6),
        TimeSpan.FromDays(1), TimeSpan.FromDays(3), TimeSpan.FromDays(7), TimeSpan.FromDays(14), TimeSpan.FromDays(30),
    ];

    private readonly int _maxVersions;
    private readonly int _bins;
    private readonly SortedDictionary<long, OutcomeCounts?[]> _versions = [];
    private OutcomeCounts?[] _earlier = new OutcomeCounts?[Edges.Length + 1];

    /// <param name="maxVersions">Maximum number of versions with separate metrics, 1 or more. Beyond it the oldest versions are merged.</param>
    /// <param name="bins">Number of ranges of probability, 2 or more.</param>
    public OutcomeTable(int maxVersions = 16, int bins = 100)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxVersions);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        (_maxVersions, _bins) = (maxVersions, bins);
    }

    /// <summary>The upper ends of the ranges of delay. The last range, beyond them, has no end.</summary>
    public static IReadOnlyList<TimeSpan> DelayEdges => Edges;

    /// <summary>Adds an outcome.</summary>
    /// <param name="version">Version of the model that served the prediction.</param>
    /// <param name="delay">Time from the input to its label. Below 0 if the label came first.</param>
    /// <param name="probability">Served probability of a positive, 0 to 1. NaN is ignored.</param>
    /// <param name="positive">True if the label is positive.</param>
    /// <param name="weight">Weight, 0 or more.</param>
    public void Add(long version, TimeSpan delay, float probability, bool positive, float weight = 1) => Count(version, delay, probability, positive, weight, 1);

    /// <summary>Takes an outcome back, because its label was corrected. Ignored if there are no outcomes of its version.</summary>
    /// <inheritdoc cref="Add"/>
    public void Remove(long version, TimeSpan delay, float probability, bool positive, float weight = 1) => Count(version, delay, probability, positive, weight, -1);

    /// <summary>Returns the metrics of all outcomes. O(versions · delays · bins).</summary>
    public OutcomeMetrics Total() => Merge(_versions.Values.Append(_earlier).SelectMany(c => c)).ToMetrics();

    /// <summary>Returns the metrics of each of the newest versions, oldest first. O(versions · delays · bins).</summary>
    public IReadOnlyList<VersionOutcomes> ByVersion() => [.. _versions.Select(v => new VersionOutcomes(v.Key, Merge(v.Value).ToMetrics()))];

    /// <summary>Returns the metrics of each range of delay that has outcomes, over all versions. O(versions · delays · bins).</summary>
    public IReadOnlyList<DelayOutcomes> ByDelay() =>
        [.. Enumerable.Range(0, Edges.Length + 1)
            .Select(d => (Delay: d, Counts: Merge(_versions.Values.Append(_earlier).Select(c => c[d]))))
            .Where(d => d.Counts.Weight > 0)
            .Select(d => new DelayOutcomes(d.Delay == 0 ? TimeSpan.Zero : Edges[d.Delay - 1], d.Delay < Edges.Length ? Edges[d.Delay] : null, d.Counts.ToMetrics()))];

    /// <summary>Returns a copy of the content.</summary>
    public OutcomeContent Save() => new(_bins, [.. from version in _versions.Append(KeyValuePair.Create(OutcomeCell.EarlierVersions, _earlier))
                                                  from delay in Enumerable.Range(0, Edges.Length + 1)
                                                  where version.Value[delay] is not null
                                                  select new OutcomeCell(version.Key, delay, version.Value[delay]!.Save())]);

    /// <summary>Restores a saved content. Versions beyond the maximum are merged, the oldest first.</summary>
    /// <exception cref="InvalidDataException">The content is inconsistent, or has another number of bins.</exception>
    public void Restore(OutcomeContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.Bins != _bins)
            throw new InvalidDataException($"The saved outcomes have {content.Bins} bins but this table has {_bins}.");
        _versions.Clear();
        _earlier = new OutcomeCounts?[Edges.Length + 1];
        foreach (var cell in content.Cells)
        {
            if (cell.Delay < 0 || cell.Delay > Edges.Length)
                throw new InvalidDataException($"The saved outcomes have the range of delay {cell.Delay}, but there are {Edges.Length + 1}.");
            var cells = cell.Version == OutcomeCell.EarlierVersions ? _earlier : Cells(cell.Version);
            (cells[cell.Delay] ??= new OutcomeCounts(_bins)).Add(OutcomeCounts.Restore(_bins, cell.Values));
        }
    }

    private void Count(long version, TimeSpan delay, float probability, bool positive, float weight, int sign)
    {
        if (float.IsNaN(probability))
            return;
        if (probability is < 0 or > 1)
            throw new ArgumentException($"The probability must be between 0 and 1 but is {probability}.", nameof(probability));
        if (!(weight >= 0))
            throw new ArgumentException($"The weight must be at least 0 but is {weight}.", nameof(weight));
        if (sign < 0 && !_versions.ContainsKey(version) && (_versions.Count == 0 || version > _versions.First().Key))
            return;
        var cells = Cells(version);
        var range = Array.FindIndex(Edges, e => delay < e);
        (cells[range < 0 ? Edges.Length : range] ??= new OutcomeCounts(_bins)).Add(probability, positive, sign * (double)weight);
    }

    private OutcomeCounts?[] Cells(long version)
    {
        if (_versions.TryGetValue(version, out var cells))
            return cells;
        if (_versions.Count == _maxVersions)
        {
            var (oldest, merged) = _versions.First();
            if (version < oldest)
                return _earlier;
            _versions.Remove(oldest);
            for (var delay = 0; delay < merged.Length; delay++)
            {
                if (merged[delay] is { } counts)
                    (_earlier[delay] ??= new OutcomeCounts(_bins)).Add(counts);
            }
        }

        return _versions[version] = new OutcomeCounts?[Edges.Length + 1];
    }

    private OutcomeCounts Merge(IEnumerable<OutcomeCounts?> cells)
    {
        var sum = new OutcomeCounts(_bins);
        foreach (var cell in cells)
        {
            if (cell is not null)
                sum.Add(cell);
        }

        return sum;
    }
}

/// <summary>The outcomes of one model version.</summary>
/// <param name="Version">The version.</param>
/// <param name="Metrics">Metrics of its outcomes.</param>
public sealed record VersionOutcomes(long Version, OutcomeMetrics Metrics);

/// <summary>The outcomes in one range of delay.</summary>
/// <param name="From">Start of the range; also that of labels that came before their input.</param>
/// <param name="To">End of the range; null if it has none.</param>
/// <param name="Metrics">Metrics of the outcomes.</param>
public sealed record DelayOutcomes(TimeSpan From, TimeSpan? To, OutcomeMetrics Metrics);

/// <summary>The content of an <see cref="OutcomeTable"/>.</summary>
/// <param name="Bins">Number of ranges of probability.</param>
/// <param name="Cells">Cells that have outcomes.</param>
public sealed record OutcomeContent(int Bins, OutcomeCell[] Cells);

/// <summary>One cell of an <see cref="OutcomeContent"/>.</summary>
/// <param name="Version">The model version.</param>
/// <param name="Delay">Index of the range of delay.</param>
/// <param name="Values">Counts of the cell.</param>
public sealed record OutcomeCell(long Version, int Delay, double[] Values)
{
    /// <summary>The version number that stands for all versions before the newest ones.</summary>
    public const long EarlierVersions = long.MinValue;
}
