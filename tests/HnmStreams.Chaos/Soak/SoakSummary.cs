using System.Text.Json;
using System.Text.Json.Serialization;

namespace HnmStreams.Chaos.Soak;

/// <summary>What <c>--summary</c> writes.</summary>
/// <param name="ShareOfSamplesWithLag">In how many of the samples records waited: there, the service set the pace.</param>
/// <param name="StallShare">Of the stream's time that checkpoints took from the ranking stage, which everything passes.</param>
/// <param name="Processors">Of the machine, whoever else uses them.</param>
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
    // What the runtime may hold more of for a while, and no leak would stop at.
    private const double Memory = 0.05;
    private const double Counts = 0.05;
    private const double LeastCount = 4;

    // A step holds some tensors for its time, and looks fall on any moment of it; a leak would be one in each of many steps.
    private const double LeastTensors = 16;

    /// <summary>The managed heap is told, not judged: it breathes with the collector.</summary>
    public bool IsFlat => ExitCode == 0 && ResidentBytes.IsFlat && Handles.IsFlat && Threads.IsFlat && Tensors.IsFlat;

    /// <param name="samples">All, those of the warm-up included.</param>
    public static SoakSummary Of(IReadOnlyList<Sample> samples, TimeSpan warmUp, int exitCode)
    {
        Sample[] judged = [.. samples.Where(s => s.Seconds >= warmUp.TotalSeconds)];
        var (first, last) = (judged[0], judged[^1]);
        var seconds = last.Seconds - first.Seconds;
        return new SoakSummary(
            last.Seconds,
            warmUp.TotalSeconds,
            last.Consumed,
            (last.Consumed - first.Consumed) / seconds,
            judged.Count(s => s.Lag > 0) / (double)judged.Length,
            last.Pool,
            last.Checkpoints,
            (last.Stalled - first.Stalled) / seconds,
            exitCode,
            Environment.ProcessorCount,
            Of(s => s.ResidentBytes, Memory, 0),
            Of(s => s.Handles, Counts, LeastCount),
            Of(s => s.Threads, Counts, LeastCount),
            Of(s => s.Tensors, Counts, LeastTensors),
            Of(s => s.ManagedBytes, Memory, 0));

        Flatness Of(Func<Sample, double> figure, double share, double least) =>
            Flatness.Of([.. judged.Select(s => (s.Seconds, figure(s)))], share, least);
    }

    public string ToJson() => JsonSerializer.Serialize(this, SoakJson.Default.SoakSummary);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(SoakSummary))]
internal sealed partial class SoakJson : JsonSerializerContext;
