using System.Globalization;

namespace HnmStreams.Host.Bench.Searching;

/// <summary>One search and one bare product, one after the other.</summary>
/// <param name="QueriesPerSecondOfProcessor">By processor time, as if each thread had had a core for itself: what a busy machine cannot distort much.</param>
internal sealed record MiningBenchRound(
    double QueriesPerSecond, double BareQueriesPerSecond, double QueriesPerSecondOfProcessor, double BareQueriesPerSecondOfProcessor)
{
    public double Ratio => QueriesPerSecondOfProcessor / BareQueriesPerSecondOfProcessor;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{QueriesPerSecond:N0} queries/s, the bare product {BareQueriesPerSecond:N0}; by processor time {QueriesPerSecondOfProcessor:N0} and {BareQueriesPerSecondOfProcessor:N0}, ratio {Ratio:F2}");
}

/// <summary>The rounds and their medians.</summary>
/// <param name="PeakBytes">Resident memory of the whole process at its highest.</param>
/// <param name="Checked">Queries held against a plain loop.</param>
/// <param name="Equal">Those whose results were the same.</param>
internal sealed record MiningBenchReport(
    MiningBenchSettings Settings,
    double QueriesPerSecond,
    double BareQueriesPerSecond,
    double QueriesPerSecondOfProcessor,
    double BareQueriesPerSecondOfProcessor,
    double Ratio,
    long PeakBytes,
    int Checked,
    int Equal,
    IReadOnlyList<MiningBenchRound> Rounds)
{
    // The ratio is taken round by round: neighbours in time share the machine's mood.
    public static MiningBenchReport Of(MiningBenchSettings settings, IReadOnlyList<MiningBenchRound> rounds, long peak, int looked, int equal) => new(
        settings,
        Median(rounds, r => r.QueriesPerSecond),
        Median(rounds, r => r.BareQueriesPerSecond),
        Median(rounds, r => r.QueriesPerSecondOfProcessor),
        Median(rounds, r => r.BareQueriesPerSecondOfProcessor),
        Median(rounds, r => r.Ratio),
        peak,
        looked,
        equal,
        rounds);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"median: {QueriesPerSecond:N0} queries/s ({QueriesPerSecondOfProcessor:N0} by processor time), {Ratio:F2} of the bare product; peak resident memory {PeakBytes / 1e6:N0} MB; {Equal} of {Checked} queries checked against a plain loop are the same");

    private static double Median(IReadOnlyList<MiningBenchRound> rounds, Func<MiningBenchRound, double> of)
    {
        var sorted = rounds.Select(of).Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
