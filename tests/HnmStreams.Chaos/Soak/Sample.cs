using System.Globalization;
using System.Text.Json;

namespace HnmStreams.Chaos.Soak;

/// <summary>One look at the service.</summary>
/// <param name="Seconds">Since the soak began.</param>
/// <param name="Consumed">Examples in its state.</param>
/// <param name="Lag">Examples that wait for it in the topic: while there are any, it is the service that sets the pace.</param>
/// <param name="ResidentBytes">VmRSS of the process.</param>
/// <param name="Handles">Open file descriptors.</param>
/// <param name="ManagedBytes">The garbage collector's heap after its last collection.</param>
/// <param name="Stalled">Seconds so far that checkpoints took from the ranking stage.</param>
internal sealed record Sample(
    double Seconds, long Consumed, long Lag, int Pool, long ResidentBytes, int Handles, int Threads, long Tensors, long ManagedBytes, double Stalled, long Checkpoints)
{
    public const string Header = "seconds,consumed,lag,pool,residentBytes,handles,threads,tensors,managedBytes,stalledSeconds,checkpoints";

    /// <summary>Looks at a process of this machine (Linux) and at its pages.</summary>
    public static Sample Of(double seconds, int process, JsonElement status, string metrics)
    {
        var fields = File.ReadLines($"/proc/{process}/status").Select(line => line.Split(':', 2)).ToDictionary(f => f[0], f => f[1].Trim(), StringComparer.Ordinal);
        var learner = status.GetProperty("learner");
        return new Sample(
            seconds,
            learner.GetProperty("consumed").GetInt64(),
            status.GetProperty("stream").GetProperty("lag").GetInt64(),
            learner.GetProperty("pool").GetProperty("count").GetInt32(),
            long.Parse(fields["VmRSS"].Split(' ')[0], CultureInfo.InvariantCulture) * 1024,
            Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(),
            int.Parse(fields["Threads"], CultureInfo.InvariantCulture),
            (long)PrometheusText.Sum(metrics, "hnm_torch_tensors"),
            (long)PrometheusText.Sum(metrics, "dotnet_gc_last_collection_heap_size_bytes"),
            PrometheusText.Sum(metrics, "hnm_checkpoint_stall_seconds_sum", "owner=\"ranking\""),
            (long)PrometheusText.Sum(metrics, "hnm_checkpoint_duration_seconds_count", "outcome=\"written\""));
    }

    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Seconds:F1},{Consumed},{Lag},{Pool},{ResidentBytes},{Handles},{Threads},{Tensors},{ManagedBytes},{Stalled:F4},{Checkpoints}");
}
