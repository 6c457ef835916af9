namespace HnmStreams.Host.Compare.Quality;

/// <summary>The detection of labels that were flipped on purpose: numbers of examples, as means over the seeds.</summary>
/// <param name="Wrong">Distinct examples sent with a wrong label.</param>
/// <param name="Quarantined">Examples in quarantine at the last budget.</param>
/// <param name="Caught">Examples in quarantine whose label is wrong.</param>
internal sealed record WrongLabels(double Wrong, double Quarantined, double Caught)
{
    /// <summary>The share of quarantined examples whose label is wrong; null if none is quarantined.</summary>
    public double? Precision => Quarantined > 0 ? Caught / Quarantined : null;

    /// <summary>The share of wrong labels that are quarantined; null if there are none.</summary>
    public double? Recall => Wrong > 0 ? Caught / Wrong : null;

    public static WrongLabels Of(IReadOnlySet<string> wrong, IReadOnlyCollection<string> quarantined) => new(wrong.Count, quarantined.Count, quarantined.Count(wrong.Contains));

    /// <summary>Returns the mean over the seeds; null if no label was wrong under any seed.</summary>
    public static WrongLabels? Mean(IReadOnlyList<WrongLabels> seeds) => seeds.All(static s => s.Wrong == 0)
        ? null
        : new(seeds.Average(static s => s.Wrong), seeds.Average(static s => s.Quarantined), seeds.Average(static s => s.Caught));
}
