namespace HnmStreams.Host.Bench.Watched;

/// <summary>One round: without telemetry and with all of it.</summary>
internal sealed record WatchedRound(BenchRates Unwatched, BenchRates Watched)
{
    public double Ratio => Watched.ExamplesPerSecond / Unwatched.ExamplesPerSecond;

    public double ProcessorRatio => Watched.CpuMicroseconds / Unwatched.CpuMicroseconds;
}

/// <summary>The rounds and their medians; ratios are taken round by round, since neighbours in time share the machine's mood.</summary>
/// <param name="RatioLow">A quarter of the rounds lies below.</param>
/// <param name="RatioHigh">A quarter of the rounds lies above.</param>
/// <param name="ProcessorRatio">Of the process's processor time an example, which a busy machine moves least.</param>
internal sealed record WatchedReport(
    string Model,
    int Examples,
    bool Embedded,
    int Threads,
    double UnwatchedExamplesPerSecond,
    double WatchedExamplesPerSecond,
    double Ratio,
    double RatioLow,
    double RatioHigh,
    double ProcessorRatio,
    IReadOnlyList<WatchedRound> Rounds)
{
    public static WatchedReport Of(string model, int examples, bool embedded, IReadOnlyList<WatchedRound> rounds)
    {
        var ratios = rounds.Select(r => r.Ratio).Order().ToArray();
        return new(
            model,
            examples,
            embedded,
            Environment.ProcessorCount,
            BenchReport.Median(rounds, r => r.Unwatched.ExamplesPerSecond),
            BenchReport.Median(rounds, r => r.Watched.ExamplesPerSecond),
            BenchReport.Median(rounds, r => r.Ratio),
            ratios[(ratios.Length - 1) / 4],
            ratios[^(((ratios.Length - 1) / 4) + 1)],
            BenchReport.Median(rounds, r => r.ProcessorRatio),
            rounds);
    }
}
