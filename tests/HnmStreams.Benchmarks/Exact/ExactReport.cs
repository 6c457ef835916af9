using HnmStreams.Benchmarks.Throughput;

namespace HnmStreams.Benchmarks.Exact;

/// <summary>One round: live mode, exact mode with overlapped scoring and training, and exact mode with both in sequence.</summary>
internal sealed record ExactRound(RunRates Live, RunRates Overlapped, RunRates Serial)
{
    public double OverlappedRatio => Overlapped.ExamplesPerSecond / Live.ExamplesPerSecond;

    public double SerialRatio => Serial.ExamplesPerSecond / Live.ExamplesPerSecond;
}

/// <summary>The rounds and their medians. Ratios are computed per round, because adjacent measurements share the load of the machine.</summary>
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
        PipelineReport.Median(rounds, r => r.Live.ExamplesPerSecond),
        PipelineReport.Median(rounds, r => r.OverlappedRatio),
        PipelineReport.Median(rounds, r => r.SerialRatio),
        rounds);
}
