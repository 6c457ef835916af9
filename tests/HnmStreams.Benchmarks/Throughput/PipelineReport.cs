using System.Globalization;

namespace HnmStreams.Benchmarks.Throughput;

/// <summary>The time and memory of one run.</summary>
internal readonly record struct MeasuredRun(double Seconds, TimeSpan Processor, long Allocated)
{
    public RunRates Per(int examples) => new(examples / Seconds, Processor.TotalMicroseconds / examples, (double)Allocated / examples);

    // CPU time is that of this process. It includes an embedded cluster and its producer, but not an external broker.
    public static async Task<MeasuredRun> MeasureAsync(Func<Task<double>> run)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var processor = Environment.CpuUsage.TotalTime;
        var seconds = await run();
        return new MeasuredRun(seconds, Environment.CpuUsage.TotalTime - processor, GC.GetTotalAllocatedBytes() - allocated);
    }
}

/// <summary>The rates of one run.</summary>
/// <param name="CpuMicroseconds">CPU time per example in microseconds, over all threads of this process.</param>
/// <param name="BytesAllocated">Managed bytes allocated per example.</param>
internal sealed record RunRates(double ExamplesPerSecond, double CpuMicroseconds, double BytesAllocated)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{ExamplesPerSecond:N0}/s ({CpuMicroseconds:F1} us, {BytesAllocated:N0} B)");
}

/// <summary>One round: each contender once, in sequence.</summary>
/// <param name="ScoringSeconds">The pipeline's scoring time, summed over its scorers.</param>
/// <param name="TrainingSeconds">The pipeline's training time.</param>
internal sealed record PipelineRound(RunRates Bare, RunRates Pipeline, RunRates ConsumeOnly, long Steps, double ScoringSeconds, double TrainingSeconds)
{
    public double Ratio => Pipeline.ExamplesPerSecond / Bare.ExamplesPerSecond;

    public double RatioToConsumeOnly => Pipeline.ExamplesPerSecond / ConsumeOnly.ExamplesPerSecond;
}

/// <summary>The rounds and their medians.</summary>
internal sealed record PipelineReport(
    string Model,
    int Examples,
    bool Embedded,
    int Threads,
    double BareExamplesPerSecond,
    double PipelineExamplesPerSecond,
    double ConsumeOnlyExamplesPerSecond,
    double Ratio,
    double RatioToConsumeOnly,
    double BytesPerExample,
    IReadOnlyList<PipelineRound> Rounds)
{
    // Ratios are computed per round, because adjacent measurements share the load of the machine.
    public static PipelineReport Of(string model, int examples, bool embedded, IReadOnlyList<PipelineRound> rounds) => new(
        model,
        examples,
        embedded,
        Environment.ProcessorCount,
        Median(rounds, r => r.Bare.ExamplesPerSecond),
        Median(rounds, r => r.Pipeline.ExamplesPerSecond),
        Median(rounds, r => r.ConsumeOnly.ExamplesPerSecond),
        Median(rounds, r => r.Ratio),
        Median(rounds, r => r.RatioToConsumeOnly),
        Median(rounds, r => r.Pipeline.BytesAllocated),
        rounds);

    internal static double Median<T>(IReadOnlyList<T> rounds, Func<T, double> of)
    {
        var sorted = rounds.Select(of).Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
