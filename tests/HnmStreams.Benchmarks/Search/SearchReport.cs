using System.Globalization;

namespace HnmStreams.Benchmarks.Search;

/// <summary>One round: one exact search and one bare product.</summary>
/// <param name="QueriesPerCpuSecond">Queries per second by CPU time, as if each thread had its own core. Other load on the machine affects it little.</param>
internal sealed record SearchRound(
    double QueriesPerSecond, double BareQueriesPerSecond, double QueriesPerCpuSecond, double BareQueriesPerCpuSecond)
{
    public double Ratio => QueriesPerCpuSecond / BareQueriesPerCpuSecond;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{QueriesPerSecond:N0} queries/s, bare product {BareQueriesPerSecond:N0}; by CPU time {QueriesPerCpuSecond:N0} and {BareQueriesPerCpuSecond:N0}, ratio {Ratio:F2}");
}

/// <summary>The rounds and their medians.</summary>
/// <param name="PeakBytes">The peak resident memory of the whole process.</param>
/// <param name="Checked">The number of queries compared with a plain loop.</param>
/// <param name="Equal">The number of compared queries with equal results.</param>
internal sealed record SearchReport(
    SearchSettings Settings,
    double QueriesPerSecond,
    double BareQueriesPerSecond,
    double QueriesPerCpuSecond,
    double BareQueriesPerCpuSecond,
    double Ratio,
    long PeakBytes,
    int Checked,
    int Equal,
    IReadOnlyList<SearchRound> Rounds)
{
    // Ratios are computed per round, because adjacent measurements share the load of the machine.
    public static SearchReport Of(SearchSettings settings, IReadOnlyList<SearchRound> rounds, long peak, int compared, int equal) => new(
        settings,
        Median(rounds, r => r.QueriesPerSecond),
        Median(rounds, r => r.BareQueriesPerSecond),
        Median(rounds, r => r.QueriesPerCpuSecond),
        Median(rounds, r => r.BareQueriesPerCpuSecond),
        Median(rounds, r => r.Ratio),
        peak,
        compared,
        equal,
        rounds);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"median: {QueriesPerSecond:N0} queries/s ({QueriesPerCpuSecond:N0} by CPU time), {Ratio:F2} times the bare product; peak resident memory {PeakBytes / 1e6:N0} MB; {Equal} of {Checked} checked queries equal a plain loop");

    private static double Median(IReadOnlyList<SearchRound> rounds, Func<SearchRound, double> of)
    {
        var sorted = rounds.Select(of).Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
