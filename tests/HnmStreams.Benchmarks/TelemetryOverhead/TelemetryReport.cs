using HnmStreams.Benchmarks.Throughput;

namespace HnmStreams.Benchmarks.TelemetryOverhead;

/// <summary>One round: without telemetry, and with all of it.</summary>
internal sealed record TelemetryRound(RunRates Plain, RunRates Instrumented)
{
    public double Ratio => Instrumented.ExamplesPerSecond / Plain.ExamplesPerSecond;

    public double CpuRatio => Instrumented.CpuMicroseconds / Plain.CpuMicroseconds;
}

/// <summary>The rounds and their medians. Ratios are computed per round, because adjacent measurements share the load of the machine.</summary>
/// <param name="RatioLow">The lower quartile of the throughput ratio.</param>
/// <param name="RatioHigh">The upper quartile of the throughput ratio.</param>
/// <param name="CpuRatio">The ratio of CPU time per example, which is the least sensitive to other load on the machine.</param>
internal sealed record TelemetryReport(
    string Model,
    int Examples,
    bool Embedded,
    int Threads,
    double PlainExamplesPerSecond,
    double InstrumentedExamplesPerSecond,
    double Ratio,
    double RatioLow,
    double RatioHigh,
    double CpuRatio,
    IReadOnlyList<TelemetryRound> Rounds)
{
    public static TelemetryReport Of(string model, int examples, bool embedded, IReadOnlyList<TelemetryRound> rounds)
    {
        var ratios = rounds.Select(r => r.Ratio).Order().ToArray();
        return new(
            model,
            examples,
            embedded,
            Environment.ProcessorCount,
            PipelineReport.Median(rounds, r => r.Plain.ExamplesPerSecond),
            PipelineReport.Median(rounds, r => r.Instrumented.ExamplesPerSecond),
            PipelineReport.Median(rounds, r => r.Ratio),
            ratios[(ratios.Length - 1) / 4],
            ratios[^(((ratios.Length - 1) / 4) + 1)],
            PipelineReport.Median(rounds, r => r.CpuRatio),
            rounds);
    }
}
