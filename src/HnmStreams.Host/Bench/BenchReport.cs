using System.Globalization;

namespace HnmStreams.Host.Bench;

/// <summary>One run over a number of examples.</summary>
internal readonly record struct BenchRun(double Seconds, TimeSpan Processor, long Allocated)
{
    public BenchRates Per(int examples) => new(examples / Seconds, Processor.TotalMicroseconds / examples, (double)Allocated / examples);

    // Processor time is the process's: a broker of its own is not in it, an embedded one and its producer are.
    public static async Task<BenchRun> MeasureAsync(Func<Task<double>> run)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var processor = Environment.CpuUsage.TotalTime;
        var seconds = await run();
        return new BenchRun(seconds, Environment.CpuUsage.TotalTime - processor, GC.GetTotalAllocatedBytes() - allocated);
    }
}

/// <summary>What one run came to.</summary>
/// <param name="CpuMicroseconds">Processor time an example, over all threads of this process.</param>
/// <param name="BytesAllocated">Managed bytes an example.</param>
internal sealed record BenchRates(double ExamplesPerSecond, double CpuMicroseconds, double BytesAllocated)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{ExamplesPerSecond:N0}/s ({CpuMicroseconds:F1} us, {BytesAllocated:N0} B)");
}

/// <summary>One round: each way once, one after the other.</summary>
/// <param name="ScoringSeconds">The pipeline's compute time, summed over its scorers.</param>
/// <param name="TrainingSeconds">The pipeline's compute time in steps.</param>
internal sealed record BenchRound(BenchRates Bare, BenchRates Pipeline, BenchRates ConsumeOnly, long Steps, double ScoringSeconds, double TrainingSeconds)
{
    public double Ratio => Pipeline.ExamplesPerSecond / Bare.ExamplesPerSecond;

    public double OfConsumeOnly => Pipeline.ExamplesPerSecond / ConsumeOnly.ExamplesPerSecond;
}

/// <summary>The rounds and their medians.</summary>
internal sealed record BenchReport(
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
    IReadOnlyList<BenchRound> Rounds)
{
    // The ratio is taken round by round: neighbours in time share the machine's mood.
    public static BenchReport Of(string model, int examples, bool embedded, IReadOnlyList<BenchRound> rounds) => new(
        model,
        examples,
        embedded,
        Environment.ProcessorCount,
        Median(rounds, r => r.Bare.ExamplesPerSecond),
        Median(rounds, r => r.Pipeline.ExamplesPerSecond),
        Median(rounds, r => r.ConsumeOnly.ExamplesPerSecond),
        Median(rounds, r => r.Ratio),
        Median(rounds, r => r.OfConsumeOnly),
        Median(rounds, r => r.Pipeline.BytesAllocated),
        rounds);

    internal static double Median<T>(IReadOnlyList<T> rounds, Func<T, double> of)
    {
        var sorted = rounds.Select(of).Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
