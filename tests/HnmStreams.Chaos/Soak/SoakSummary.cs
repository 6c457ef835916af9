using System.Text.Json;
using System.Text.Json.Serialization;

namespace HnmStreams.Chaos.Soak;

/// <summary>The content of the file that <c>--summary</c> names.</summary>
/// <param name="ShareOfSamplesWithLag">The share of samples with unread records, in which the service limited the throughput, 0 to 1.</param>
/// <param name="StallShare">The share of the time for which checkpoints stalled the ranking stage, 0 to 1.</param>
/// <param name="Processors">The number of processors of the machine, which other processes may use as well.</param>
internal sealed record SoakSummary(
    double Seconds,
    double WarmUpSeconds,
    long Consumed,
    double ExamplesPerSecond,
    double ShareOfSamplesWithLag,
    int Pool,
    long Checkpoints,
    double StallShare,
    int ExitCode,
    int Processors,
    Flatness ResidentBytes,
    Flatness Handles,
    Flatness Threads,
    Flatness Tensors,
    Flatness ManagedBytes)
{
    // The growth that the runtime may cause temporarily. A leak exceeds it.
    private const double MaxMemoryGrowth = 0.05;
    private const double MaxCountGrowth = 0.05;
    private const double MinAllowedCount = 4;

    // A training step has some tensors alive, and a sample may fall into a step. A leak adds at least one per step.
    private const double MinAllowedTensors = 16;

    /// <summary>True if nothing grew. The managed heap is reported but not evaluated, because it depends on the time of the last garbage collection.</summary>
    public bool IsFlat => ExitCode == 0 && ResidentBytes.IsFlat && Handles.IsFlat && Threads.IsFlat && Tensors.IsFlat;

    /// <summary>Evaluates the samples after the warm-up.</summary>
    /// <param name="samples">All samples, including those of the warm-up.</param>
    public static SoakSummary Of(IReadOnlyList<Sample> samples, TimeSpan warmUp, int exitCode)
    {
        Sample[] evaluated = [.. samples.Where(s => s.Seconds >= warmUp.TotalSeconds)];
        var (first, last) = (evaluated[0], evaluated[^1]);
        var seconds = last.Seconds - first.Seconds;
        return new SoakSummary(
            last.Seconds,
            warmUp.TotalSeconds,
            last.Consumed,
            (last.Consumed - first.Consumed) / seconds,
            evaluated.Count(s => s.Lag > 0) / (double)evaluated.Length,
            last.Pool,
            last.Checkpoints,
            (last.Stalled - first.Stalled) / seconds,
            exitCode,
            Environment.ProcessorCount,
            Of(s => s.ResidentBytes, MaxMemoryGrowth, 0),
            Of(s => s.Handles, MaxCountGrowth, MinAllowedCount),
            Of(s => s.Threads, MaxCountGrowth, MinAllowedCount),
            Of(s => s.Tensors, MaxCountGrowth, MinAllowedTensors),
            Of(s => s.ManagedBytes, MaxMemoryGrowth, 0));

        Flatness Of(Func<Sample, double> value, double share, double minAllowed) =>
            Flatness.Of([.. evaluated.Select(s => (s.Seconds, value(s)))], share, minAllowed);
    }

    public string ToJson() => JsonSerializer.Serialize(this, SoakJson.Default.SoakSummary);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(SoakSummary))]
internal sealed partial class SoakJson : JsonSerializerContext;
