using System.Globalization;
using System.Text.Json;

namespace HnmStreams.Chaos.Soak;

/// <summary>One measurement of the service.</summary>
/// <param name="Seconds">The time since the start of the soak test.</param>
/// <param name="Consumed">The number of examples in the state.</param>
/// <param name="Lag">The number of unread examples in the topic. While it is above 0, the service limits the throughput.</param>
/// <param name="Pool">The number of entries in the pool.</param>
/// <param name="ResidentBytes">The resident memory of the process (VmRSS).</param>
/// <param name="Handles">The number of open file descriptors.</param>
/// <param name="ManagedBytes">The size of the managed heap after the last garbage collection.</param>
/// <param name="Stalled">The total seconds for which checkpoints stalled the ranking stage.</param>
internal sealed record Sample(
    double Seconds, long Consumed, long Lag, int Pool, long ResidentBytes, int Handles, int Threads, long Tensors, long ManagedBytes, double Stalled, long Checkpoints)
{
    public const string Header = "seconds,consumed,lag,pool,residentBytes,handles,threads,tensors,managedBytes,stalledSeconds,checkpoints";

    /// <summary>Measures a local process through <c>/proc</c> (Linux), its status and its metrics.</summary>
    public static Sample Of(double seconds, int process, JsonElement status, string metrics)
    {
        var fields = File.ReadLines($"/proc/{process}/status").Select(line => line.Split(':', 2)).ToDictionary(f => f[0], f => f[1].Trim(), StringComparer.Ordinal);
        var learner = status.GetProperty("learner");
        return new Sample(
            seconds,
            learner.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64(),
            status.GetProperty("stream").GetProperty("lag").GetInt64(),
            learner.GetProperty("ranking").GetProperty("pool").GetProperty("count").GetInt32(),
            long.Parse(fields["VmRSS"].Split(' ')[0], CultureInfo.InvariantCulture) * 1024,
            Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(),
            int.Parse(fields["Threads"], CultureInfo.InvariantCulture),
            (long)PrometheusText.Sum(metrics, "hnm_torch_tensors"),
            (long)PrometheusText.Sum(metrics, "dotnet_gc_last_collection_heap_size_bytes"),
            PrometheusText.Sum(metrics, "hnm_checkpoint_stall_seconds_sum", "owner=\"ranking\""),
            (long)PrometheusText.Sum(metrics, "hnm_checkpoint_duration_seconds_count", "outcome=\"written\""));
    }

    /// <summary>Returns the sample as a line under <see cref="Header"/>.</summary>
    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Seconds:F1},{Consumed},{Lag},{Pool},{ResidentBytes},{Handles},{Threads},{Tensors},{ManagedBytes},{Stalled:F4},{Checkpoints}");
}
