namespace HnmStreams.Host.Bench.Quality;

/// <summary>What a learner set aside of the labels that were wrong on purpose; numbers of examples, means over the seeds.</summary>
/// <param name="Wrong">Examples with a wrong label that were sent, each once.</param>
/// <param name="SetAside">Examples in quarantine at the last budget.</param>
/// <param name="Caught">Those of them whose label is wrong.</param>
internal sealed record WrongLabels(double Wrong, double SetAside, double Caught)
{
    /// <summary>Share of what was set aside that is wrong; null where nothing was.</summary>
    public double? Precision => SetAside > 0 ? Caught / SetAside : null;

    /// <summary>Share of the wrong labels that were set aside; null where there were none.</summary>
    public double? Recall => Wrong > 0 ? Caught / Wrong : null;

    public static WrongLabels Of(IReadOnlySet<string> wrong, IReadOnlyCollection<string> setAside) => new(wrong.Count, setAside.Count, setAside.Count(wrong.Contains));

    /// <summary>Null where no label was wrong under any seed.</summary>
    public static WrongLabels? Mean(IReadOnlyList<WrongLabels> seeds) => seeds.All(static s => s.Wrong == 0)
        ? null
        : new(seeds.Average(static s => s.Wrong), seeds.Average(static s => s.SetAside), seeds.Average(static s => s.Caught));
}
