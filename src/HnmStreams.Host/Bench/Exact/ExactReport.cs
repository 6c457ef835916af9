namespace HnmStreams.Host.Bench.Exact;

/// <summary>One round: live, exact with scoring and training at the same time, and exact with one after the other.</summary>
internal sealed record ExactRound(BenchRates Live, BenchRates Overlapped, BenchRates Serial)
{
    public double OverlappedRatio => Overlapped.ExamplesPerSecond / Live.ExamplesPerSecond;

    public double SerialRatio => Serial.ExamplesPerSecond / Live.ExamplesPerSecond;
}

/// <summary>The rounds and their medians; ratios are taken round by round, since neighbours in time share the machine's mood.</summary>
internal sealed record ExactReport(
    string Model,
    int Examples,
    bool Embedded,
    int Threads,
    double LiveExamplesPerSecond,
    double OverlappedRatio,
    double SerialRatio,
    IReadOnlyList<ExactRound> Rounds)
{
    public static ExactReport Of(string model, int examples, bool embedded, IReadOnlyList<ExactRound> rounds) => new(
        model,
        examples,
        embedded,
        Environment.ProcessorCount,
        BenchReport.Median(rounds, r => r.Live.ExamplesPerSecond),
        BenchReport.Median(rounds, r => r.OverlappedRatio),
        BenchReport.Median(rounds, r => r.SerialRatio),
        rounds);
}
